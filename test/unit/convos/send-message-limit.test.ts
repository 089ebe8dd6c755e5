import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConvosApp } from '../../support/convos-app.ts';
import { amy, askStart, bob, cat, reply, start, threadsOf } from '../../support/convos-people.ts';
import { refused, together } from '../../support/convos-races.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp({ settings: { newThreadsPerHour: 5 } });
});

const hourMs = 3_600_000;
const at = (time: string) => app.clock.advanceTo(Date.parse(`2026-11-21T${time}Z`));
const startMany = async (count: number) => {
  for (let made = 0; made < count; made += 1) await start(app, amy, bob);
};
const status = async (text = {}) => (await askStart(app, amy, bob, text)).status;

describe('the threads that one may start in an hour', () => {
  test('are exactly as many as the setting says, also at the same moment', async () => {
    for (let seed = 0; seed < 10; seed += 1) {
      app = new ConvosApp({ settings: { newThreadsPerHour: 5 } });
      const deeds = Array.from({ length: 12 }, () => async () => status());
      const answers = await together(app, deeds, seed);
      expect(answers.filter((answer) => answer === 201)).toHaveLength(5);
      expect(answers.filter((answer) => answer === 429)).toHaveLength(7);
      expect(await threadsOf(app, bob)).toHaveLength(5);
    }
  });

  test('are counted without those refused: the next hour begins with all of them', async () => {
    await startMany(5);
    for (let tries = 0; tries < 20; tries += 1) expect(await status()).toBe(429);
    at('10:59:59.999');
    expect(await status()).toBe(429);
    at('11:00:00.000');
    await startMany(5);
    expect(await status()).toBe(429);
  });

  test('are counted without repeats, by key or after a lost answer', async () => {
    for (let tries = 0; tries < 20; tries += 1) await start(app, amy, bob, { key: 'k' });
    await startMany(4);
    expect(await threadsOf(app, bob)).toHaveLength(5);
    expect(await status()).toBe(429);
  });

  test('are counted without what was refused for another reason', async () => {
    expect(await status({ body: ' ' })).toBe(400);
    expect(await status({ key: 'k' })).toBe(201);
    expect(await status({ key: 'k', body: 'other' })).toBe(409);
    expect((await askStart(app, amy, amy)).status).toBe(400);
    expect((await askStart(app, amy, bob, {}, { faults: () => refused })).status).toBe(503);
    at('12:00:00.000');
    await startMany(5);
    expect(await status()).toBe(429);
  });

  test('are each sender’s own, over all recipients', async () => {
    await startMany(3);
    await start(app, amy, cat);
    await start(app, amy, 'user:dan');
    expect(await status()).toBe(429);
    expect((await askStart(app, amy, cat)).status).toBe(429);
    expect((await askStart(app, bob, amy)).status).toBe(201);
  });

  test('leave replies free', async () => {
    const { threadId } = await start(app, amy, bob);
    await startMany(4);
    for (let sent = 0; sent < 10; sent += 1) await reply(app, amy, threadId);
    expect(await status()).toBe(429);
    await reply(app, amy, threadId);
  });

  test('are counted by clock hours, not from the first of them', async () => {
    at('10:59:30.000');
    await startMany(5);
    expect(await status()).toBe(429);
    at('11:00:00.000');
    expect(await status()).toBe(201);
  });

  test('need no more than one row, which goes when its hour is long over', async () => {
    await startMany(5);
    const rows = () => app.stores.table.all.filter(({ sk }) => String(sk).startsWith('HOUR#'));
    expect(rows()).toHaveLength(1);
    app.clock.advance(hourMs);
    app.expire();
    expect(rows()).toHaveLength(1);
    app.clock.advance(hourMs);
    app.expire();
    expect(rows()).toEqual([]);
  });
});

test.each([
  ['11:00:00.000', '3600'],
  ['11:00:00.001', '3600'],
  ['11:00:01.000', '3599'],
  ['11:30:00.000', '1800'],
  ['11:59:58.999', '2'],
  ['11:59:59.000', '1'],
  ['11:59:59.999', '1'],
])('at %s one is told to come again in %s seconds, and may', async (time, seconds) => {
  at(time);
  await startMany(5);
  const answer = await askStart(app, amy, bob);
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, seconds]);
  expect(answer.body).toMatchObject({
    status: 429,
    detail: expect.stringContaining('5 new threads'),
  });
  app.clock.advance((Number(seconds) - 1) * 1000 - 1);
  expect(await status()).toBe(429);
  app.clock.advance(1001);
  expect(await status()).toBe(201);
});
