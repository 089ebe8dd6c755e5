import type { Effect as EffectWith } from '../shared/events/deliver-effects.ts';
import { domainEvent } from '../shared/events/domain-event.ts';
import { rfc3339, ulidTime } from '../shared/identifier.ts';
import type { Change } from '../shared/stream-handler.ts';
import { prefixes } from './contract.ts';
import type { EraseFollowsJob } from './contract.ts';
import { erasureOf } from './dynamo-erasure-store.ts';
import { edgeRow, endedRow, pairOf } from './dynamo-follow-items.ts';

/** What a change of the table has for consequence. */
export type Effect = EffectWith<EraseFollowsJob>;

/**
 * Events and jobs of a change. Every event is made from the one item that is written once for it: the
 * edge's insert, the ended follow's insert, the erasure's beginning and end. Its id comes from that
 * item's ULID, so it is the same however often the change is handled.
 *
 * @throws ZodError when an item is not what this application writes; such a change is parked.
 */
export function effectsOfChange(change: Change): Effect[] {
  const { pk } = change.keys;
  if (pk.startsWith(prefixes.edge)) return change.kind === 'INSERT' ? followCreated(change) : [];
  if (pk.startsWith(prefixes.ended)) return change.kind === 'INSERT' ? followEnded(change) : [];
  if (pk.startsWith(prefixes.erasure)) return change.kind === 'REMOVE' ? [] : erasureMoved(change);
  return [];
}

function followCreated({ after }: Change): Effect[] {
  const edge = edgeRow.parse(after);
  const pair = pairOf(edge);
  const { followId, friendId } = edge;
  const audience = [pair.follower, pair.followed];
  const sinceMs = ulidTime(followId);
  const effects: Effect[] = [
    {
      event: domainEvent('follow.created', {
        atMs: sinceMs,
        seed: followId,
        audience,
        data: { followId, ...pair, since: rfc3339(sinceMs) },
      }),
    },
  ];
  // The edge that is inserted as a friend's closed the pair; the other one was only changed.
  if (friendId !== undefined) {
    const atMs = ulidTime(friendId);
    effects.push({
      event: domainEvent('friend.created', {
        atMs,
        seed: friendId,
        audience,
        data: { resources: bothInOrder(pair), since: rfc3339(atMs) },
      }),
    });
  }
  return effects;
}

function followEnded({ after }: Change): Effect[] {
  const { pk, sk: followId, followed, endedAt, friend, reason } = endedRow.parse(after);
  const pair = { follower: pk.slice(prefixes.ended.length), followed };
  const about = {
    atMs: Date.parse(endedAt),
    seed: followId,
    audience: [pair.follower, pair.followed],
  };
  const since = rfc3339(ulidTime(followId));
  const effects: Effect[] = [
    {
      event: domainEvent('follow.deleted', {
        ...about,
        data: { followId, ...pair, since, endedAt, reason },
      }),
    },
  ];
  if (friend) {
    effects.push({
      event: domainEvent('friend.deleted', { ...about, data: { resources: bothInOrder(pair) } }),
    });
  }
  return effects;
}

function erasureMoved({ before, after }: Change): Effect[] {
  const was = before && erasureOf(before);
  const { ref, erasureId, state, startedAtMs, finishedAtMs } = erasureOf(after ?? {});
  if (was?.erasureId !== erasureId) {
    const event = domainEvent('erasure.started', {
      atMs: startedAtMs,
      seed: erasureId,
      audience: [],
      data: { ref, erasureId, startedAt: rfc3339(startedAtMs) },
    });
    return [{ event }, { job: { job: 'erase-follows', ref, erasureId, pass: 1 } }];
  }
  if (was.state === state || finishedAtMs === undefined) return [];
  const event = domainEvent('erasure.finished', {
    atMs: finishedAtMs,
    seed: erasureId,
    audience: [],
    data: { ref, erasureId, finishedAt: rfc3339(finishedAtMs) },
  });
  return [{ event }];
}

function bothInOrder({ follower, followed }: { follower: string; followed: string }) {
  const both: [string, string] = follower < followed ? [follower, followed] : [followed, follower];
  return both;
}
