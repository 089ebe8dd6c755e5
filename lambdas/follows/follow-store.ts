import type { EndReason, FollowPair } from './follows-read.ts';

/** The three lists of a resource. */
export type FollowList = 'followers' | 'followings' | 'friends';

/** A follow as stored. */
export interface StoredEdge {
  /** ULID whose time is when the follow began. */
  followId: string;
  /** ULID whose time is when the second of two follows made friends; the same on both edges. */
  friendId?: string | undefined;
}

/** An entry of a list: the other side, and the ULID that orders the list (of follow or friendship). */
export interface ListEntry {
  ref: string;
  id: string;
}

export interface ListQuery {
  list: FollowList;
  ref: string;
  /** Resource type of the other side. */
  type: string;
  order: 'asc' | 'desc';
  /** Continue behind this id, in the list's order. */
  after?: string | undefined;
  /** Most entries to give; fewer come only at the end of the list. */
  limit: number;
}

/** One shard of a resource's counters: numbers by `<list>#<type>`. Only the sum over shards means anything. */
export interface CounterShard {
  shard: number;
  /** Rises with every write of this shard: who has seen it knows that nothing changed since. */
  writes: number;
  values: Readonly<Record<string, number>>;
}

/** Name of a number in a counter. */
export function counterName(list: FollowList, type: string): string {
  return `${list}#${type}`;
}

/** Reads of follows. Strongly consistent, but for `list`, which a write reaches a moment later. */
export interface FollowQueries {
  /** The follows of these pairs, in the order asked, from one moment each. */
  edges(pairs: readonly FollowPair[]): Promise<(StoredEdge | undefined)[]>;
  list(query: ListQuery): Promise<ListEntry[]>;
  counters(ref: string): Promise<CounterShard[]>;
  /** `followId`s of the ended follows of a follower that are still remembered. @param reason only these */
  endedFollows(follower: string, reason?: EndReason): Promise<Set<string>>;
}

/** The two resources of a follow. */
export type Side = 'follower' | 'followed';

export interface FollowWrite extends FollowPair {
  followId: string;
  /** The reverse follow that this one makes into a friendship. Absent: there must be none. */
  friendship?: { reverseFollowId: string; friendId: string } | undefined;
  /** Counter shard to write for each side. */
  shards: Record<Side, number>;
}

export interface UnfollowWrite extends FollowPair {
  /** The follow to end; another one between the same two is left alone. */
  followId: string;
  /** The reverse follow, with which it was a friendship. Absent: there must be none. */
  reverseFollowId?: string | undefined;
  endedAtMs: number;
  reason: EndReason;
  /** The erasure that this belongs to, which counts it in the same transaction. */
  erasure?: { ref: string; erasureId: string } | undefined;
  shards: Record<Side, number>;
}

/**
 * What became of a transaction: done as a whole; nothing written because what it was based on is no
 * longer so; or nothing written because others were writing (the counters that collided are named).
 */
export type Commit =
  | { outcome: 'done' }
  | { outcome: 'stale' }
  | { outcome: 'busy'; counters: readonly Side[] };

/**
 * Where follows are kept. Each write is one transaction: edge, reverse edge, both counters, and for
 * an end the row that remembers it.
 *
 * A thrown `TransientError` leaves open whether the write happened. Sending it again is safe: a follow
 * or its end happens once, the second time is stale.
 */
export interface FollowStore extends FollowQueries {
  commitFollow(write: FollowWrite): Promise<Commit>;
  commitUnfollow(write: UnfollowWrite): Promise<Commit>;
}
