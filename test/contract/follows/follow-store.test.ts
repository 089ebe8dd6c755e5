import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { indexes } from '../../../lambdas/follows/contract.ts';
import { sumOfShards } from '../../../lambdas/follows/counts.ts';
import type { FollowStore, FollowWrite, ListQuery } from '../../../lambdas/follows/follow-store.ts';
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

const sums = async (store: FollowStore, ref: string) =>
  Object.fromEntries(
    [...sumOfShards(await store.counters(ref))].filter(([, value]) => value !== 0),
  );

const listOf = async (store: FollowStore, query: Partial<ListQuery> & { ref: string }) =>
  store.list({ list: 'followers', type: 'user', order: 'desc', limit: 10, ...query });

describe.each(stores)('follows in %s', (_name, open) => {
  const one = async (store: FollowStore, write: Partial<FollowWrite> = {}) => {
    const pair = { follower: fresh(), followed: fresh(), followId: idAt(serial), shards, ...write };
    expect(await store.commitFollow(pair)).toEqual({ outcome: 'done' });
    return pair;
  };
  /** Two resources that follow each other: `a` first, `b` closed the pair. */
  const friends = async (store: FollowStore) => {
    const a = await one(store);
    const friendId = idAt(5_000);
    const b = await one(store, {
      follower: a.followed,
      followed: a.follower,
      friendship: { reverseFollowId: a.followId, friendId },
    });
    return { a, b, friendId };
  };
  test('a follow is there at once and counts on both sides', async () => {
    const { follows } = open();
    const { follower, followed, followId } = await one(follows, { followed: fresh('project') });
    const [edge, reverse] = await follows.edges([
      { follower, followed },
      { follower: followed, followed: follower },
    ]);
    expect(edge).toEqual({ followId, friendId: undefined });
    expect(reverse).toBeUndefined();
    expect(await sums(follows, follower)).toEqual({ 'followings#project': 1 });
    expect(await sums(follows, followed)).toEqual({ 'followers#user': 1 });
  });

  test('a second follow of the same pair is stale and changes nothing', async () => {
    const { follows } = open();
    const { follower, followed, followId } = await one(follows);
    const again = { follower, followed, followId: idAt(900), shards };
    expect(await follows.commitFollow(again)).toEqual({ outcome: 'stale' });
    expect(await follows.edges([{ follower, followed }])).toMatchObject([{ followId }]);
    expect(await sums(follows, followed)).toEqual({ 'followers#user': 1 });
  });

  test('a follow that overlooks the reverse follow is stale', async () => {
    const { follows } = open();
    const { follower, followed } = await one(follows);
    const write = { follower: followed, followed: follower, followId: idAt(901), shards };
    expect(await follows.commitFollow(write)).toEqual({ outcome: 'stale' });
    expect(await follows.edges([write])).toEqual([undefined]);
  });

  test('a follow that counts on a reverse follow which is no longer there is stale', async () => {
    const { follows } = open();
    const write = {
      follower: fresh(),
      followed: fresh(),
      followId: idAt(902),
      friendship: { reverseFollowId: idAt(1), friendId: idAt(902) },
      shards,
    };
    expect(await follows.commitFollow(write)).toEqual({ outcome: 'stale' });
    expect(await follows.edges([write])).toEqual([undefined]);
    expect(await sums(follows, write.followed)).toEqual({});
  });

  test('closing a pair makes friends of both, dated alike, and keeps the first follow as it was', async () => {
    const { follows } = open();
    const { a, b, friendId } = await friends(follows);
    expect(await follows.edges([a, b])).toEqual([
      { followId: a.followId, friendId },
      { followId: b.followId, friendId },
    ]);
    for (const ref of [a.follower, a.followed]) {
      expect(await sums(follows, ref)).toEqual({
        'followers#user': 1,
        'followings#user': 1,
        'friends#user': 1,
      });
    }
    const friendList = { list: 'friends', ref: a.follower } as const;
    expect(await listOf(follows, friendList)).toEqual([{ ref: a.followed, id: friendId }]);
    expect(await listOf(follows, { ref: a.followed })).toEqual([
      { ref: a.follower, id: a.followId },
    ]);
  });

  test('an end takes the friendship along, but not the other follow', async () => {
    const { follows } = open();
    const { a, b } = await friends(follows);
    const end = {
      follower: a.follower,
      followed: a.followed,
      followId: a.followId,
      reverseFollowId: b.followId,
      endedAtMs: startMs,
      reason: 'unfollowed' as const,
      shards,
    };
    expect(await follows.commitUnfollow(end)).toEqual({ outcome: 'done' });
    expect(await follows.edges([a, b])).toEqual([
      undefined,
      { followId: b.followId, friendId: undefined },
    ]);
    expect(await sums(follows, a.follower)).toEqual({ 'followers#user': 1 });
    expect(await sums(follows, b.follower)).toEqual({ 'followings#user': 1 });
    expect(await listOf(follows, { list: 'friends', ref: b.follower })).toEqual([]);
    expect(await follows.endedFollows(a.follower)).toEqual(new Set([a.followId]));
    expect(await follows.endedFollows(b.follower)).toEqual(new Set());
    expect(await follows.commitUnfollow(end)).toEqual({ outcome: 'stale' });
  });

  test('ended follows are told apart by why they ended', async () => {
    const { follows } = open();
    const { a, b } = await friends(follows);
    const { follower, followed, followId } = a;
    const end = { follower, followed, followId, endedAtMs: startMs, shards };
    const reverseFollowId = b.followId;
    await follows.commitUnfollow({ ...end, reverseFollowId, reason: 'unfollowed' });
    const later = idAt(905);
    const again = { follower, followed, followId: later, shards };
    const friendship = { reverseFollowId, friendId: later };
    await follows.commitFollow({ ...again, friendship });
    const erased = { ...again, reverseFollowId, endedAtMs: startMs, reason: 'erased' as const };
    expect(await follows.commitUnfollow(erased)).toEqual({ outcome: 'done' });
    expect(await follows.endedFollows(follower)).toEqual(new Set([followId, later]));
    expect(await follows.endedFollows(follower, 'unfollowed')).toEqual(new Set([followId]));
    expect(await follows.endedFollows(follower, 'erased')).toEqual(new Set([later]));
  });

  test.each([
    ['another follow of the same pair', { followId: idAt(903) }],
    ['a reverse follow that is not there', { reverseFollowId: idAt(904) }],
  ])('an end that is based on %s is stale and changes nothing', async (_case, change) => {
    const { follows } = open();
    const { follower, followed, followId } = await one(follows);
    const end = { follower, followed, followId, endedAtMs: startMs, shards, ...change };
    expect(await follows.commitUnfollow({ ...end, reason: 'unfollowed' })).toEqual({
      outcome: 'stale',
    });
    expect(await follows.edges([{ follower, followed }])).toMatchObject([{ followId }]);
    expect(await follows.endedFollows(follower)).toEqual(new Set());
    expect(await sums(follows, followed)).toEqual({ 'followers#user': 1 });
  });

  test('an end that overlooks the friendship is stale', async () => {
    const { follows } = open();
    const { a } = await friends(follows);
    const end = { follower: a.follower, followed: a.followed, followId: a.followId, shards };
    expect(
      await follows.commitUnfollow({ ...end, endedAtMs: startMs, reason: 'unfollowed' }),
    ).toEqual({ outcome: 'stale' });
  });

  test('counters add up over whatever shards were written', async () => {
    const { follows } = open();
    const followed = fresh();
    for (const shard of [0, 3, 31, 3]) {
      await one(follows, { followed, shards: { follower: 0, followed: shard } });
    }
    const stored = await follows.counters(followed);
    expect(stored.map(({ shard }) => shard).toSorted((a, b) => a - b)).toEqual([0, 3, 31]);
    expect(stored.find(({ shard }) => shard === 3)?.writes).toBe(2);
    expect(await sums(follows, followed)).toEqual({ 'followers#user': 4 });
  });

  test('lists are by type, in either order, and go on behind an id', async () => {
    const { follows } = open();
    const followed = fresh();
    const users = [];
    for (let at = 0; at < 5; at++) users.push(await one(follows, { followed, followId: idAt(at) }));
    await one(follows, { followed, follower: fresh('project') });
    const oldestFirst = users.map(({ follower, followId }) => ({ ref: follower, id: followId }));

    expect(await listOf(follows, { ref: followed, order: 'asc' })).toEqual(oldestFirst);
    expect(await listOf(follows, { ref: followed })).toEqual(oldestFirst.toReversed());
    expect(await listOf(follows, { ref: followed, order: 'asc', limit: 2 })).toEqual(
      oldestFirst.slice(0, 2),
    );
    const third = oldestFirst[2]?.id;
    expect(await listOf(follows, { ref: followed, order: 'asc', after: third })).toEqual(
      oldestFirst.slice(3),
    );
    expect(await listOf(follows, { ref: followed, after: third })).toEqual(
      oldestFirst.slice(0, 2).toReversed(),
    );
    expect(await listOf(follows, { ref: followed, type: 'project' })).toHaveLength(1);
    expect(await listOf(follows, { list: 'followings', ref: users[0]?.follower ?? '' })).toEqual([
      { ref: followed, id: users[0]?.followId },
    ]);
  });

  test('many pairs are read at once, in the order asked, repeats included', async () => {
    const { follows } = open();
    const { follower, followed, followId } = await one(follows);
    const pairs = Array.from({ length: 201 }, (_, at) =>
      at % 100 === 0 ? { follower, followed } : { follower, followed: `user:none-${at}` },
    );
    const edges = await follows.edges(pairs);
    expect(edges).toHaveLength(201);
    for (const [at, edge] of edges.entries()) {
      expect(edge?.followId).toBe(at % 100 === 0 ? followId : undefined);
    }
    expect(await follows.edges([])).toEqual([]);
  });
});
