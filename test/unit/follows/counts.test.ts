import { expect, test } from '@jest/globals';
import { countsOf } from '../../../lambdas/follows/counts.ts';
import type { CounterShard } from '../../../lambdas/follows/follow-store.ts';

test('counts are sums over shards and types; single shards may be below zero', () => {
  const shards: CounterShard[] = [
    { shard: 0, writes: 4, values: { 'followers#user': -1, 'followers#project': 2 } },
    {
      shard: 7,
      writes: 9,
      values: { 'followers#user': 4, 'followings#user': 1, 'friends#user': 1 },
    },
  ];
  expect(countsOf(shards, ['user', 'project'])).toEqual({
    followers: 5,
    followings: 1,
    friends: 1,
    followersByType: { user: 3, project: 2 },
    followingsByType: { user: 1, project: 0 },
    friendsByType: { user: 1, project: 0 },
  });
});

test('types that are no longer declared count in neither the parts nor the whole', () => {
  const shards = [{ shard: 0, writes: 2, values: { 'followers#user': 1, 'followers#ghost': 5 } }];
  expect(countsOf(shards, ['user'])).toMatchObject({ followers: 1, followersByType: { user: 1 } });
});
