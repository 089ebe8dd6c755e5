import * as z from 'zod';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { typeOf } from '../shared/resource-ref.ts';
import { prefixes } from './contract.ts';
import type { FollowPair } from './follows-read.ts';
import type { FollowWrite } from './follow-store.ts';

export function edgeKey({ follower, followed }: FollowPair): ItemKey {
  return { pk: `${prefixes.edge}${follower}`, sk: followed };
}

export function counterKey(ref: string, shard: number): ItemKey {
  return { pk: `${prefixes.counter}${ref}`, sk: String(shard) };
}

export function endedKey(follower: string, followId: string): ItemKey {
  return { pk: `${prefixes.ended}${follower}`, sk: followId };
}

export function erasureKey(ref: string): ItemKey {
  return { pk: `${prefixes.erasure}${ref}`, sk: 'ER' };
}

/** Partition of a list in its index: the resource whose list it is, and the type of the other side. */
export function listKey(ref: string, otherType: string): string {
  return `${ref}#${otherType}`;
}

/** An edge as written. Without a friendship it is in two indexes, with one in three. */
export function edgeItem({ followId, friendship, ...pair }: FollowWrite): Record<string, string> {
  const outKey = listKey(pair.follower, typeOf(pair.followed));
  return {
    ...edgeKey(pair),
    followId,
    outKey,
    inKey: listKey(pair.followed, typeOf(pair.follower)),
    ...(friendship && { friendId: friendship.friendId, friendKey: outKey }),
  };
}

/** An edge as read back. */
export const edgeRow = z.object({
  pk: z.string().startsWith(prefixes.edge),
  sk: z.string(),
  followId: z.ulid(),
  friendId: z.ulid().optional(),
});

/** What an index holds of an edge, beside its own keys. */
export const listedEdgeRow = edgeRow.pick({ pk: true, sk: true });

export function pairOf({ pk, sk }: ItemKey): FollowPair {
  return { follower: pk.slice(prefixes.edge.length), followed: sk };
}

/** How long an ended follow is remembered: longer than anything that came through it is under way. */
export const endedDays = 30;

/** An ended follow as read back, from the table or its stream. */
export const endedRow = z.object({
  pk: z.string().startsWith(prefixes.ended),
  sk: z.ulid(),
  followed: z.string(),
  endedAt: z.iso.datetime({ precision: 3 }),
  friend: z.boolean(),
  reason: z.enum(['unfollowed', 'erased']),
});

/** A counter shard as read back: beside the keys only numbers. */
export const counterRow = z
  .object({ pk: z.string(), sk: z.string(), writes: z.int() })
  .catchall(z.int());
