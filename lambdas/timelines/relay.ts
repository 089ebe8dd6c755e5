import * as z from 'zod';
import type { Effect as EffectWith } from '../shared/events/deliver-effects.ts';
import { domainEvent } from '../shared/events/domain-event.ts';
import type { Change } from '../shared/stream-handler.ts';
import { actionId, happenedAt } from './action.ts';
import { answerOf } from './action-answer.ts';
import { prefixes } from './contract.ts';
import type { PlanJob } from './contract.ts';
import { publicRow, ulidOfKey } from './public-row.ts';

/** What follows from a change of the timelines' table. */
export type Effect = EffectWith<PlanJob>;

/** Turns a change into events for the bus and jobs for the planner; others' rows say nothing. */
export function effectsOf(change: Change): Effect[] {
  const { pk } = change.keys;
  if (pk.startsWith(prefixes.erasure)) return erasureProgressed(change);
  if (!pk.startsWith(prefixes.publicTimeline)) return [];
  const actor = pk.slice(prefixes.publicTimeline.length);
  const wasLive = change.before?.['verb'] !== undefined;
  const isLive = change.after?.['verb'] !== undefined;
  if (!wasLive && isLive) return created(change, actor);
  if (wasLive && !isLive) return retracted(change, actor);
  return [];
}

function created(change: Change, actor: string): Effect[] {
  const row = publicRow(actor, change.after ?? {});
  if (row.retracted) return [];
  const event = domainEvent('action.created', {
    atMs: row.postedAt,
    seed: change.id,
    audience: [actor, ...(row.target === undefined ? [] : [row.target])],
    data: answerOf(row),
  });
  if (row.self) return [{ event }];
  return [{ event }, { job: { kind: 'copy', actor, ulid: row.ulid } }];
}

function retracted(change: Change, actor: string): Effect[] {
  const row = publicRow(actor, change.before ?? {});
  if (row.retracted) return [];
  const { ulid, postedAt } = row;
  const event = domainEvent('action.deleted', {
    atMs: change.atMs,
    seed: change.id,
    audience: [actor, ...(row.target === undefined ? [] : [row.target])],
    data: { id: actionId(ulid), actor, at: new Date(happenedAt({ ulid })).toISOString() },
  });
  // Of an erased actor every follow ends too, and with each its copies go; the erasure itself looks at
  // follows that are younger than it.
  if (change.after?.['erased'] === true) return [{ event }];
  return [{ event }, { job: { kind: 'remove', actor, ulid: ulidOfKey(change.keys.sk), postedAt } }];
}

const erasureSchema = z.object({
  ref: z.string(),
  erasureId: z.string(),
  removed: z.number(),
  done: z.boolean(),
});

function erasureProgressed(change: Change): Effect[] {
  if (!change.after) return [];
  const { ref, erasureId, removed, done } = erasureSchema.parse(change.after);
  return [
    {
      event: domainEvent('erasure.progressed', {
        atMs: change.atMs,
        seed: change.id,
        audience: [],
        data: { ref, erasureId, part: 'timelines', removed, done },
      }),
    },
  ];
}
