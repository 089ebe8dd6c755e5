import { beforeEach, describe, expect, test } from '@jest/globals';
import { endpointAnswers } from './answer-schemas.ts';
import { pushApi, wrong } from './push-api.ts';
import type { PushApi } from './push-api.ts';

const monthMs = 30 * 86_400_000;

let api: PushApi;
beforeEach(() => {
  api = pushApi();
});

interface Cleaned {
  deleted: number;
  candidates: number;
  items: Record<string, unknown>[];
  nextCursor?: string;
}

const clean = async (what: 'queue' | 'export', body?: Record<string, unknown>) => {
  const answer = await api.admin({
    method: 'POST',
    url: `/v1/push/clean-${what}`,
    ...(body && { body }),
  });
  const operation = what === 'queue' ? 'cleanPushQueue' : 'cleanPushExport';
  if (answer.status === 200) endpointAnswers(operation, 200, answer.body);
  return { status: answer.status, body: answer.body as Cleaned, wrong: wrong(answer) };
};

describe('clean-queue', () => {
  test('removes what was pushed a month ago or earlier, and nothing else', async () => {
    const old = await api.pushed('story:1', { createdMs: api.clock.now() - 60_000 });
    const failed = await api.failed('story:2');
    const waiting = await api.waiting('story:3');
    api.clock.advance(1_000);
    const young = await api.pushed('story:4');
    api.clock.advance(monthMs - 1_000);
    const { status, body } = await clean('queue');
    expect(status).toBe(200);
    expect(body).toEqual({
      deleted: 1,
      candidates: 1,
      items: [
        {
          id: `push_${old.ulid}`,
          rule: 'stories',
          target: 'north',
          content: 'story:1',
          lastAttemptAt: '2026-11-21T10:30:00.000Z',
        },
      ],
    });
    expect(await api.rows.get(old.ulid)).toBeUndefined();
    for (const kept of [failed, waiting, young]) {
      expect(await api.rows.get(kept.ulid)).toEqual(kept);
    }
  });

  test('dry, it says what would go and removes nothing', async () => {
    const old = await api.pushed('story:1');
    api.clock.advance(monthMs);
    const { body } = await clean('queue', { dryRun: true });
    expect(body).toMatchObject({ deleted: 0, candidates: 1, items: [{ content: 'story:1' }] });
    expect(await api.rows.get(old.ulid)).toEqual(old);
  });

  test.each([[true], [false]])('takes a thousand a call; dry: %j', async (dryRun) => {
    for (let n = 0; n < 1_001; n += 1) await api.pushed(`story:${String(n)}`);
    api.clock.advance(monthMs);
    const first = (await clean('queue', { dryRun })).body;
    expect(first.candidates).toBe(1_000);
    const cursor = first.nextCursor;
    const second = (await clean('queue', { dryRun, cursor })).body;
    expect(second).toMatchObject({ candidates: 1, deleted: dryRun ? 0 : 1 });
    expect(second).not.toHaveProperty('nextCursor');
    const all = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(all).size).toBe(1_001);
    const other = await clean('queue', { dryRun: !dryRun, cursor });
    expect([other.status, other.wrong]).toEqual([400, ['query.cursor']]);
  });
});

describe('clean-export', () => {
  test('deletes what was exported a month ago or earlier', async () => {
    await api.outbox.put('stories/outbox/1/old.xml', Buffer.from('old'));
    api.clock.advance(1_000);
    await api.outbox.put('stories/outbox/1/young.xml', Buffer.from('young'));
    api.clock.advance(monthMs - 1_000);
    const old = {
      key: 'stories/outbox/1/old.xml',
      size: 3,
      modifiedAt: '2026-11-21T10:30:00.000Z',
    };
    const dry = await clean('export', { dryRun: true });
    expect(dry.body).toEqual({ deleted: 0, candidates: 1, items: [old] });
    expect(api.outbox.files.size).toBe(2);
    const real = await clean('export', {});
    expect(real.body).toEqual({ deleted: 1, candidates: 1, items: [old] });
    expect([...api.outbox.files.keys()]).toEqual(['stories/outbox/1/young.xml']);
  });

  test('takes a thousand a call', async () => {
    for (let n = 0; n < 1_001; n += 1)
      await api.outbox.put(`stories/${String(n)}`, Buffer.from(''));
    api.clock.advance(monthMs);
    const first = (await clean('export')).body;
    expect(first.deleted).toBe(1_000);
    const second = (await clean('export', { cursor: first.nextCursor })).body;
    expect(second).toMatchObject({ candidates: 1, deleted: 1 });
    expect(api.outbox.files.size).toBe(0);
    for (const other of [{ dryRun: true }, { cursor: `${first.nextCursor ?? ''}x` }]) {
      const answer = await clean('export', { cursor: first.nextCursor, ...other });
      expect([answer.status, answer.wrong]).toEqual([400, ['query.cursor']]);
    }
  });
});

const check = async () => {
  const { status, body } = await api.admin({ method: 'GET', url: '/v1/push/check' });
  expect(status).toBe(200);
  endpointAnswers('checkPushQueue', 200, body);
  return body;
};

describe('check', () => {
  test('of an empty queue is fine', async () => {
    expect(await check()).toEqual({ status: 'ok', waiting: 0 });
  });

  test('goes by the oldest that waits', async () => {
    await api.failed('story:0');
    const { ulid } = await api.waiting('story:1');
    api.clock.advance(600_000);
    await api.waiting('story:2');
    const oldest = { id: `push_${ulid}`, createdAt: '2026-11-21T10:30:00.000Z' };
    expect(await check()).toEqual({ status: 'ok', oldest, waiting: 2 });
    api.clock.advance(1);
    expect(await check()).toMatchObject({ status: 'late', oldest });
    api.clock.advance(1_200_000 - 1);
    expect(await check()).toMatchObject({ status: 'late' });
    api.clock.advance(1);
    expect(await check()).toMatchObject({ status: 'too-late', oldest, waiting: 2 });
  });
});
