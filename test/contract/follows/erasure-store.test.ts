import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { indexes } from '../../../lambdas/follows/contract.ts';
import type { Erasure } from '../../../lambdas/follows/erasure-store.ts';
import { followStores } from '../../support/follow-stores.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const startMs = Date.parse('2026-11-21T10:00:00Z');
const shards = { follower: 0, followed: 0 };
let serial = 0;
/** Resources that no other test knows. */
const fresh = (type = 'user') => `${type}:r${++serial}`;
const idAt = (seconds: number) => ulid(startMs + seconds * 1000);

const stores = followStores(() => table);

const erasureOf = (ref: string, at = 0): Erasure => ({
  ref,
  erasureId: idAt(at),
  state: 'running',
  startedAtMs: startMs + at * 1000,
  parts: { follows: { removed: 0, done: false }, timelines: { removed: 0, done: false } },
});

describe.each(stores)('erasures in %s', (_name, open) => {
  test('one runs at a time; when it is finished another may begin', async () => {
    const { erasures } = open();
    const first = erasureOf(fresh());
    const second = erasureOf(first.ref, 60);
    expect(await erasures.erasure(first.ref)).toBeUndefined();
    expect(await erasures.begin(first)).toBe('begun');
    expect(await erasures.begin(second)).toBe('running');
    expect(await erasures.erasure(first.ref)).toEqual(first);
    await erasures.finish(first, startMs + 30_000);
    expect(await erasures.erasure(first.ref)).toEqual({
      ...first,
      state: 'done',
      finishedAtMs: startMs + 30_000,
    });
    await erasures.finish(first, startMs + 40_000);
    expect((await erasures.erasure(first.ref))?.finishedAtMs).toBe(startMs + 30_000);
    expect(await erasures.begin(second)).toBe('begun');
    expect(await erasures.erasure(first.ref)).toEqual(second);
  });

  test('progress only rises, in whatever order it is reported', async () => {
    const { erasures } = open();
    const erasure = erasureOf(fresh());
    await erasures.begin(erasure);
    await erasures.raise(erasure, 'timelines', { removed: 7, done: true });
    await erasures.raise(erasure, 'timelines', { removed: 3, done: false });
    expect(await erasures.raise(erasure, 'timelines', { removed: 7, done: true })).toEqual({
      ...erasure,
      parts: { ...erasure.parts, timelines: { removed: 7, done: true } },
    });
  });

  test('reports of another erasure, or of a part that it has not, change nothing', async () => {
    const { erasures } = open();
    const erasure = erasureOf(fresh());
    await erasures.begin(erasure);
    const other = { ref: erasure.ref, erasureId: idAt(99) };
    expect(await erasures.raise(other, 'timelines', { removed: 7, done: true })).toBeUndefined();
    await erasures.raise(erasure, 'convos', { removed: 7, done: true });
    await erasures.finish(other, startMs);
    expect(await erasures.erasure(erasure.ref)).toEqual(erasure);
  });

  test('an end that belongs to an erasure is counted with it, and not without it', async () => {
    const { follows, erasures } = open();
    const [follower, followed, followId] = [fresh(), fresh(), idAt(1)];
    const erasure = erasureOf(followed);
    await erasures.begin(erasure);
    await follows.commitFollow({ follower, followed, followId, shards });
    const end = { follower, followed, followId, endedAtMs: startMs, shards };
    const other = { ref: followed, erasureId: idAt(98) };
    expect(await follows.commitUnfollow({ ...end, reason: 'erased', erasure: other })).toEqual({
      outcome: 'stale',
    });
    expect(await follows.commitUnfollow({ ...end, reason: 'erased', erasure })).toEqual({
      outcome: 'done',
    });
    expect((await erasures.erasure(followed))?.parts.follows).toEqual({ removed: 1, done: false });
  });

  test('followings are walked by reference, whatever their type', async () => {
    const { follows, erasures } = open();
    const follower = fresh();
    const others = ['article:1', 'project:2', 'user:3'];
    for (const followed of others) {
      await follows.commitFollow({ follower, followed, followId: idAt(1), shards });
    }
    const first = await erasures.followingsOf(follower, { limit: 2 });
    expect(first.map(({ followed }) => followed)).toEqual(['article:1', 'project:2']);
    const rest = await erasures.followingsOf(follower, { after: 'project:2', limit: 2 });
    expect(rest.map(({ followed }) => followed)).toEqual(['user:3']);
  });

  test('counters are deleted only as they were read', async () => {
    const { follows, erasures } = open();
    const followed = fresh();
    const write = (follower: string, shard: number) =>
      follows.commitFollow({
        follower,
        followed,
        followId: idAt(1),
        shards: { follower: 0, followed: shard },
      });
    await write(fresh(), 0);
    await write(fresh(), 5);
    const read = await follows.counters(followed);
    await write(fresh('project'), 5);
    expect(await erasures.deleteCounters(followed, read)).toBe('stale');
    expect(await follows.counters(followed)).toHaveLength(2);
    const again = await follows.counters(followed);
    expect(await erasures.deleteCounters(followed, again)).toBe('deleted');
    expect(await follows.counters(followed)).toEqual([]);
    expect(await erasures.deleteCounters(followed, [])).toBe('deleted');
  });
});
