import type { Commit, FollowStore, Side } from '../../lambdas/follows/follow-store.ts';
import type { FollowPair } from '../../lambdas/follows/follows-read.ts';

/**
 * The same store, whose transactions take the time of `inFlight` and collide as DynamoDB's do: one that
 * touches an item of another that is under way is cancelled, and says at which counters. (DynamoDB
 * developer guide, "Transaction conflict handling".)
 */
export function contended(store: FollowStore, inFlight: () => Promise<void>): FollowStore {
  const busyItems = new Set<string>();

  const transaction = async (
    { follower, followed, shards }: FollowPair & { shards: Record<Side, number> },
    commit: () => Promise<Commit>,
  ): Promise<Commit> => {
    const counters = {
      follower: `counter ${follower} ${shards.follower}`,
      followed: `counter ${followed} ${shards.followed}`,
    };
    const edges = [`edge ${follower} ${followed}`, `edge ${followed} ${follower}`];
    const items = [...edges, counters.follower, counters.followed];
    if (items.some((item) => busyItems.has(item))) {
      const sides: Side[] = ['follower', 'followed'];
      return { outcome: 'busy', counters: sides.filter((side) => busyItems.has(counters[side])) };
    }
    for (const item of items) busyItems.add(item);
    try {
      await inFlight();
      return await commit();
    } finally {
      for (const item of items) busyItems.delete(item);
    }
  };

  return {
    edges: (pairs) => store.edges(pairs),
    list: (query) => store.list(query),
    counters: (ref) => store.counters(ref),
    endedFollows: (follower, reason) => store.endedFollows(follower, reason),
    commitFollow: (write) => transaction(write, () => store.commitFollow(write)),
    commitUnfollow: (write) => transaction(write, () => store.commitUnfollow(write)),
  };
}
