import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexes } from '../../../lambdas/follows/contract.ts';
import { CounterShards } from '../../../lambdas/follows/counter-shards.ts';
import { countsOf } from '../../../lambdas/follows/counts.ts';
import { DynamoFollowStore } from '../../../lambdas/follows/dynamo-follow-store.ts';
import { follow } from '../../../lambdas/follows/follow.ts';
import { followPage } from '../../../lambdas/follows/follow-lists.ts';
import { unfollow } from '../../../lambdas/follows/unfollow.ts';
import { randomUlid, systemClock } from '../../../lambdas/shared/identifier.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { seededRandom } from '../../support/seeded-random.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const types = ['user'];

function writing(seed: number) {
  const random = seededRandom(seed);
  return {
    store: new DynamoFollowStore(table.client, table.tableName),
    shards: new CounterShards(random),
    pace: { now: systemClock, sleep, random, patienceMs: 20_000 },
    newUlid: randomUlid,
  };
}

describe('follows in a real table, many at once', () => {
  test('fifty followers of one resource all succeed and count fifty', async () => {
    const parts = writing(1);
    const followers = Array.from({ length: 50 }, (_, at) => `user:fan-${at}`);
    const outcomes = await Promise.all(
      followers.map((follower) => follow(parts, { follower, followed: 'user:star' })),
    );
    expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
    expect(countsOf(await parts.store.counters('user:star'), types).followers).toBe(50);
    const query = { list: 'followers', ref: 'user:star', types, order: 'asc', limit: 100 } as const;
    const { items, next } = await followPage(parts.store, query);
    expect(next).toBeUndefined();
    expect(items.map(({ ref }) => ref).toSorted()).toEqual(followers.toSorted());
  }, 30_000);

  test('twenty pairs that follow each other at the same moment are all friends', async () => {
    const parts = writing(2);
    const pairs = Array.from({ length: 20 }, (_, at) => [`user:left-${at}`, `user:right-${at}`]);
    await Promise.all(
      pairs.flatMap(([left = '', right = '']) => [
        follow(parts, { follower: left, followed: right }),
        follow(parts, { follower: right, followed: left }),
      ]),
    );
    for (const [left = '', right = ''] of pairs) {
      const [there, back] = await parts.store.edges([
        { follower: left, followed: right },
        { follower: right, followed: left },
      ]);
      expect(there?.friendId).toBeDefined();
      expect(back?.friendId).toBe(there?.friendId);
      for (const ref of [left, right]) {
        expect(countsOf(await parts.store.counters(ref), types)).toMatchObject({
          followers: 1,
          followings: 1,
          friends: 1,
        });
      }
    }
  }, 30_000);

  test('counts equal the edges after a tangle of follows and unfollows', async () => {
    const parts = writing(3);
    const random = seededRandom(4);
    const refs = ['user:t1', 'user:t2', 'user:t3', 'user:t4'];
    const any = () => refs[Math.floor(random() * refs.length)] ?? '';
    const deeds = Array.from({ length: 120 }, () => ({
      follower: any(),
      followed: any(),
      wish: random() < 0.6 ? follow : unfollow,
    })).filter(({ follower, followed }) => follower !== followed);
    await Promise.all(deeds.map(({ wish, ...pair }) => wish(parts, pair)));

    const pairs = refs.flatMap((follower) => refs.map((followed) => ({ follower, followed })));
    const edges = await parts.store.edges(pairs);
    const exists = (follower: string, followed: string) =>
      edges[pairs.findIndex((p) => p.follower === follower && p.followed === followed)] !==
      undefined;
    for (const ref of refs) {
      const others = refs.filter((other) => other !== ref);
      expect(countsOf(await parts.store.counters(ref), types)).toMatchObject({
        followers: others.filter((other) => exists(other, ref)).length,
        followings: others.filter((other) => exists(ref, other)).length,
        friends: others.filter((other) => exists(ref, other) && exists(other, ref)).length,
      });
    }
  }, 60_000);
});
