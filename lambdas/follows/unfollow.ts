import type { EndReason, FollowPair } from './follows-read.ts';
import { reverseOf } from './follow.ts';
import type { FollowWriting } from './follow.ts';
import { persist } from '../shared/persist.ts';

/** The follow was ended by this call, or there was none (any more). */
export type Unfollowed = 'ended' | 'absent';

export interface UnfollowOptions {
  reason: EndReason;
  /** End this follow only; by default whichever there is. */
  followId?: string;
  /** Count the end as work of this erasure. */
  erasure?: { ref: string; erasureId: string };
}

/**
 * Ends a follow, and with it the friendship. From the moment it returns, `endedFollows` names it.
 *
 * @throws TransientError when others kept writing, or the store was out of reach, until the patience
 * ended. Calling again is safe.
 */
export async function unfollow(
  writing: Omit<FollowWriting, 'newUlid'>,
  pair: FollowPair,
  options: UnfollowOptions = { reason: 'unfollowed' },
): Promise<Unfollowed> {
  const { store, shards, pace } = writing;
  // Follows whose end was tried without an answer: when one is gone, that end counts as ours.
  const unanswered = new Set<string>();

  return persist<Unfollowed>(pace, async () => {
    const [edge, reverse] = await store.edges([pair, reverseOf(pair)]);
    if (unanswered.size > 0 && !(edge && unanswered.has(edge.followId))) return 'ended';
    if (!edge || (options.followId ?? edge.followId) !== edge.followId) return 'absent';

    const { followId } = edge;
    const choice = shards.pick(pair);
    const write = {
      ...pair,
      followId,
      reverseFollowId: reverse?.followId,
      endedAtMs: pace.now(),
      reason: options.reason,
      erasure: options.erasure,
      shards: choice.shards,
    };
    try {
      const commit = await store.commitUnfollow(write);
      if (commit.outcome === 'done') return 'ended';
      if (commit.outcome === 'busy') shards.widen(pair, choice, commit.counters);
      return undefined;
    } catch (error) {
      unanswered.add(followId);
      throw error;
    }
  });
}
