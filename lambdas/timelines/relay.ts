import * as z from 'zod';
import { domainEvent } from '../shared/events/domain-event.ts';
import type { DomainEvent } from '../shared/events/domain-event.ts';
import type { Delivery, EventBus } from '../shared/events/event-bus.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { Change } from '../shared/stream-handler.ts';
import { actionId, happenedAt } from './action.ts';
import { answerOf } from './action-answer.ts';
import { prefixes } from './contract.ts';
import type { PlanJob } from './contract.ts';
import { publicRow, ulidOfKey } from './public-row.ts';

/** What follows from a change of the timelines' table. */
export type Effect = { event: DomainEvent } | { plan: PlanJob };

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
  return [{ event }, { plan: { kind: 'copy', actor, ulid: row.ulid } }];
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
  return [
    { event },
    { plan: { kind: 'remove', actor, ulid: ulidOfKey(change.keys.sk), postedAt } },
  ];
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

/** Sends effects on: events to the bus, plans to the planner's queue. */
export async function deliver(
  to: { bus: EventBus; plans: JobQueue<PlanJob> },
  effects: readonly Effect[],
): Promise<Delivery[]> {
  const events = effects.flatMap((effect) => ('event' in effect ? [effect.event] : []));
  const plans = effects.flatMap((effect) => ('plan' in effect ? [effect.plan] : []));
  if (plans.length > 0) await to.plans.send(plans);
  const outcomes = (events.length > 0 ? await to.bus.publish(events) : []).values();
  return effects.map((effect) => ('event' in effect ? (outcomes.next().value ?? 'retry') : 'done'));
}
