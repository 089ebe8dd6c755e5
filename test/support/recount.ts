import { expect } from '@jest/globals';
import { countsOf } from '../../lambdas/follows/counts.ts';
import { typeOf } from '../../lambdas/shared/resource-ref.ts';
import type { InMemoryFollowStore } from './in-memory-follow-store.ts';

/**
 * Holds what is stored against itself: the counters against a recount of the edges, the friendships of
 * both sides against each other, and the ended follows against those that exist.
 */
export async function expectConsistent(
  store: InMemoryFollowStore,
  refs: readonly string[],
): Promise<void> {
  const edges = store.allEdges;
  const types = [...new Set(refs.map(typeOf))];
  const numberBy = (others: readonly string[]) =>
    Object.fromEntries(
      types.map((type) => [type, others.filter((other) => typeOf(other) === type).length]),
    );
  for (const ref of refs) {
    const followers = edges.filter((e) => e.followed === ref).map((e) => e.follower);
    const followings = edges.filter((e) => e.follower === ref).map((e) => e.followed);
    const friends = followers.filter((other) => followings.includes(other));
    expect({ ref, ...countsOf(await store.counters(ref), types) }).toEqual({
      ref,
      followers: followers.length,
      followings: followings.length,
      friends: friends.length,
      followersByType: numberBy(followers),
      followingsByType: numberBy(followings),
      friendsByType: numberBy(friends),
    });
  }
  for (const edge of edges) {
    const reverse = edges.find(
      ({ follower, followed }) => follower === edge.followed && followed === edge.follower,
    );
    expect(edge.friendId).toBe(reverse?.friendId);
    expect(edge.friendId === undefined).toBe(reverse === undefined);
  }
  const endedIds = store.allEnded.map(({ followId }) => followId);
  expect(new Set(endedIds).size).toBe(endedIds.length);
  expect(edges.filter(({ followId }) => endedIds.includes(followId))).toEqual([]);
}
