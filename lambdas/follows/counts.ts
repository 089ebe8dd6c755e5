import { counterName } from './follow-store.ts';
import type { CounterShard, FollowList } from './follow-store.ts';

/** Numbers of a resource, exact, overall and for every declared type. */
export interface Counts {
  followers: number;
  followings: number;
  friends: number;
  followersByType: Record<string, number>;
  followingsByType: Record<string, number>;
  friendsByType: Record<string, number>;
}

/** Adds up the shards of a resource. Types that are no longer declared are left out, as in lists. */
export function countsOf(shards: readonly CounterShard[], types: readonly string[]): Counts {
  const sums = sumOfShards(shards);
  const byType = (list: FollowList): Record<string, number> =>
    Object.fromEntries(types.map((type) => [type, sums.get(counterName(list, type)) ?? 0]));
  const followersByType = byType('followers');
  const followingsByType = byType('followings');
  const friendsByType = byType('friends');
  return {
    followers: total(followersByType),
    followings: total(followingsByType),
    friends: total(friendsByType),
    followersByType,
    followingsByType,
    friendsByType,
  };
}

/** Sum over the shards for each name that any of them holds. A single shard may well be below zero. */
export function sumOfShards(shards: readonly CounterShard[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { values } of shards) {
    for (const [name, value] of Object.entries(values)) {
      sums.set(name, (sums.get(name) ?? 0) + value);
    }
  }
  return sums;
}

function total(byType: Record<string, number>): number {
  return Object.values(byType).reduce((sum, value) => sum + value, 0);
}
