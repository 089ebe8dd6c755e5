import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { listenToBus } from '../support/e2e/bus-listener.ts';
import {
  block,
  reply,
  replying,
  send,
  sending,
  threadIds,
  unblock,
} from '../support/e2e/convos.ts';
import { deployWith } from '../support/e2e/deploy-with.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { newPeople } from '../support/e2e/people.ts';

const limit = 4;

beforeAll(async () => {
  await deployWith({
    'convos.newThreadsPerHour': String(limit),
    'convos.bodyInEvents': 'true',
  });
}, 180_000);

const hourMs = 3_600_000;
const leftOfHourMs = (at: number) => hourMs - (at % hourMs);

/** More than the tests of the limit take together. */
const enoughMs = 90_000;

describe(`with convos.newThreadsPerHour=${limit}`, () => {
  // They count within one clock hour.
  beforeAll(async () => {
    const left = leftOfHourMs(Date.now());
    if (left < enoughMs) await delay(left);
  }, enoughMs + 10_000);

  test('one thread more is 429, and Retry-After reaches to the end of the clock hour at most', async () => {
    const [ann, bob, cid] = await newPeople('limit', 3);
    for (let turn = 0; turn < limit; turn += 1) await send(ann, turn % 2 ? bob : cid);
    const before = Date.now();
    const { status, headers, body } = await sending(ann, bob);
    const after = Date.now();
    expect(status).toBe(429);
    expect(body).toMatchObject({ status: 429, instance: expect.any(String) });
    const retryAfter = headers.get('retry-after') ?? '';
    expect(retryAfter).toMatch(/^[1-9]\d*$/u);
    expect(Number(retryAfter)).toBeLessThanOrEqual(Math.ceil(leftOfHourMs(before) / 1000));
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(Math.floor(leftOfHourMs(after) / 1000));
    expect(await threadIds(ann)).toHaveLength(limit);
    expect(await threadIds(bob)).toHaveLength(limit / 2);
  });

  test('replies are not limited, and what others start is their own', async () => {
    const [ann, bob, cid] = await newPeople('replies', 3);
    const { threadId } = await send(ann, bob);
    for (let turn = 1; turn < limit; turn += 1) await send(ann, bob);
    expect((await sending(ann, cid)).status).toBe(429);
    for (let turn = 0; turn < 2 * limit; turn += 1) await reply(ann, threadId);
    for (let turn = 0; turn < limit; turn += 1) await send(bob, ann);
    expect((await sending(bob, ann)).status).toBe(429);
    await send(cid, ann);
  });

  test('refused requests and repeated ones do not count', async () => {
    const [ann, bob, cid] = await newPeople('count', 3);
    const first = await sending(ann, bob, { body: 'x' }, 'k');
    for (let turn = 0; turn < limit; turn += 1) {
      expect(await sending(ann, bob, { body: 'x' }, 'k')).toMatchObject({
        status: 201,
        body: first.body,
      });
      expect((await sending(ann, bob, { body: 'y' }, 'k')).status).toBe(409);
      expect((await sending(ann, bob, { body: ' ' })).status).toBe(400);
      expect((await sending(ann, ann)).status).toBe(400);
      await block(cid, ann);
      expect((await sending(ann, cid)).status).toBe(403);
      await unblock(cid, ann);
    }
    for (let turn = 1; turn < limit; turn += 1) await send(ann, bob);
    expect((await sending(ann, cid)).status).toBe(429);
    // Over the limit a repeat still gets its answer, and a refusal keeps its reason.
    expect(await sending(ann, bob, { body: 'x' }, 'k')).toMatchObject({
      status: 201,
      body: first.body,
    });
    expect((await sending(ann, bob, { body: 'y' }, 'k')).status).toBe(409);
    await block(cid, ann);
    expect((await sending(ann, cid)).status).toBe(403);
  });

  test('a request that met the limit keeps no Idempotency-Key', async () => {
    const [ann, bob] = await newPeople('free', 2);
    for (let turn = 0; turn < limit; turn += 1) await send(ann, bob);
    expect((await sending(ann, bob, { body: 'x' }, 'k')).status).toBe(429);
    expect((await sending(ann, bob, { body: 'y' }, 'k')).status).toBe(429);
    expect(await threadIds(bob)).toHaveLength(limit);
  });

  test('many at once are as many as the limit says', async () => {
    const [ann, bob] = await newPeople('atonce', 2);
    const answers = await Promise.all(Array.from({ length: 12 }, () => sending(ann, bob)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(limit);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(12 - limit);
    expect(await threadIds(bob)).toHaveLength(limit);
  });

  test('a storm of one request takes one place, also the last', async () => {
    const [ann, bob] = await newPeople('storm', 2);
    for (let turn = 1; turn < limit; turn += 1) await send(ann, bob);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => sending(ann, bob, { body: 'last' }, 'storm')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await sending(ann, bob)).status).toBe(429);
    const [first] = answers;
    expect((await replying(ann, first?.body.threadId ?? '')).status).toBe(201);
  });
});

describe('with convos.bodyInEvents=true', () => {
  test.each([
    ['a short body', 'Today at noon.', 'Today at noon.'],
    ['a body that is cut in lists', 'x'.repeat(51), `${'x'.repeat(49)}...`],
    ['the largest body that there is', '🙂'.repeat(64_000), `${'🙂'.repeat(49)}...`],
  ])('events carry excerpt and text of %s', async (_what, text, bodyExcerpt) => {
    const bus = await listenToBus(['message.sent']);
    const [ann, bob] = await newPeople('body', 2);
    const { body: sent, isRead: _isRead, ...message } = await send(ann, bob, { body: text });
    expect(sent === text).toBe(true);
    await eventually(async () => {
      const seen = await bus.heard(ann, bob);
      // Not by toEqual: of a difference it would print both.
      expect(seen.map(({ data }) => data['body'] === text)).toEqual([true]);
      expect(seen.map(({ data: { body: _body, ...data } }) => data)).toEqual([
        { ...message, bodyExcerpt },
      ]);
    });
  });
});
