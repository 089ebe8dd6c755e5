import { isDeepStrictEqual } from 'node:util';
import { countsOf } from '../../lambdas/follows/counts.ts';
import { typeOf } from '../../lambdas/shared/resource-ref.ts';
import type { InMemoryFollowStore } from './in-memory-follow-store.ts';

/**
 * What does not fit together in the store: counters that differ from a recount of the edges, a
 * friendship on one side only, an ended follow that exists or ended twice.
 */
export async function contradictions(
  store: InMemoryFollowStore,
  refs: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const edges = store.allEdges;
  const types = [...new Set(refs.map(typeOf))];
  const numberBy = (others: readonly string[]) =>
    Object.fromEntries(
      types.map((type) => [type, others.filter((other) => typeOf(other) === type).length]),
    );
  for (const ref of refs) {
    const followers = edges.filter((edge) => edge.followed === ref).map((edge) => edge.follower);
    const followings = edges.filter((edge) => edge.follower === ref).map((edge) => edge.followed);
    const friends = followers.filter((other) => followings.includes(other));
    const recounted = {
      followers: followers.length,
      followings: followings.length,
      friends: friends.length,
      followersByType: numberBy(followers),
      followingsByType: numberBy(followings),
      friendsByType: numberBy(friends),
    };
    const counted = countsOf(await store.counters(ref), types);
    if (!isDeepStrictEqual(counted, recounted)) {
      found.push(`${ref}: ${JSON.stringify({ counted, recounted })}`);
    }
  }
  for (const { follower, followed, friendId } of edges) {
    const reverse = edges.find((edge) => edge.follower === followed && edge.followed === follower);
    if (friendId !== reverse?.friendId || (friendId !== undefined) !== (reverse !== undefined)) {
      found.push(`${follower} and ${followed} are not friends alike`);
    }
  }
  const ended = new Set<string>();
  for (const { followId } of store.allEnded) {
    if (ended.has(followId)) found.push(`${followId} ended twice`);
    ended.add(followId);
  }
  for (const { followId } of edges) {
    if (ended.has(followId)) found.push(`${followId} exists though it ended`);
  }
  return found;
}
