import type { NewUlid } from '../shared/identifier.ts';
import type { CounterShards } from './counter-shards.ts';
import type { FollowStore, StoredEdge } from './follow-store.ts';
import type { FollowPair } from './follows-read.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';

/** What writing follows needs. */
export interface FollowWriting {
  store: FollowStore;
  shards: CounterShards;
  pace: Pace;
  newUlid: NewUlid;
}

export type Followed =
  /** The follow is this call's. */
  | { outcome: 'created'; edge: StoredEdge }
  /** It was there already, with its first date. */
  | { outcome: 'existing'; edge: StoredEdge };

/**
 * Makes one resource follow another, and the two friends when the other follows already.
 *
 * The edges are read first and the write holds only while they are as read: of two resources that
 * follow each other at the same moment, one sees the other's follow, at the latest in its second try.
 *
 * @throws TransientError when others kept writing, or the store was out of reach, until the patience
 * ended. Calling again is safe.
 */
export async function follow(writing: FollowWriting, pair: FollowPair): Promise<Followed> {
  const { store, shards, pace, newUlid } = writing;
  // A try whose answer was lost may have written: its id tells our follow from somebody else's.
  const tried = new Set<string>();

  return persist<Followed>(pace, async () => {
    const [edge, reverse] = await store.edges([pair, reverseOf(pair)]);
    if (edge) return { outcome: tried.has(edge.followId) ? 'created' : 'existing', edge };

    const now = pace.now();
    const followId = newUlid(now);
    const friendId = reverse && newUlid(now);
    tried.add(followId);
    const choice = shards.pick(pair);
    const commit = await store.commitFollow({
      ...pair,
      followId,
      friendship: reverse && friendId ? { reverseFollowId: reverse.followId, friendId } : undefined,
      shards: choice.shards,
    });
    if (commit.outcome === 'done') return { outcome: 'created', edge: { followId, friendId } };
    if (commit.outcome === 'busy') shards.widen(pair, choice, commit.counters);
    return undefined;
  });
}

/** The follow the other way round. */
export function reverseOf({ follower, followed }: FollowPair): FollowPair {
  return { follower: followed, followed: follower };
}
