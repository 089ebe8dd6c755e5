/** One follow as lists hold it. */
export interface FollowLink {
  /** The other side: the follower in `followersOf`, the one followed in `followingsOf`. */
  ref: string;
  /** ULID of this very follow; its time is when it began. Following again after an unfollow makes a new one. */
  followId: string;
}

/** A follow that exists now. */
export interface FollowEdge {
  followId: string;
  /** Milliseconds since the epoch: the time of `followId`. */
  since: number;
}

/** Why a follow ended: the follower's wish, or the erasure of one of the two. */
export type EndReason = 'unfollowed' | 'erased';

export interface FollowPair {
  follower: string;
  followed: string;
}

/** A piece of a list in ascending order of `followId` (oldest follow first). */
export interface FollowLinkRange {
  /** Only the other sides of this resource type. @default all types, merged in order */
  type?: string;
  /** Continue after this `followId` (exclusive). */
  after?: string;
  /** Most links to give; fewer come only at the end of the list. At least 1. */
  limit: number;
}

/**
 * What other domains may read of follows.
 *
 * The two lists come from indexes, so a follow or unfollow shows in them a moment later; the rest is
 * strongly consistent. All of it may be asked again at will.
 */
export interface FollowsRead {
  followersOf(ref: string, range: FollowLinkRange): Promise<FollowLink[]>;
  followingsOf(ref: string, range: FollowLinkRange): Promise<FollowLink[]>;
  /** The follow of one resource by another, or undefined. */
  edge(pair: FollowPair): Promise<FollowEdge | undefined>;
  /** The same for many, in the order asked; any number. */
  edges(pairs: readonly FollowPair[]): Promise<(FollowEdge | undefined)[]>;
  /** Exact number of followers over all types. */
  followerCount(ref: string): Promise<number>;
  /**
   * `followId`s of the follows that this follower has ended in the last 30 days (by unfollowing or by
   * an erasure): what came through one of them must not be shown any more. An ended follow is here
   * from the moment its edge is gone.
   *
   * @param reason only follows that ended so; @default any
   */
  endedFollows(follower: string, reason?: EndReason): Promise<Set<string>>;
}
