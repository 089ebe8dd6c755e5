import type { Delivery, EventBus } from '../shared/events/event-bus.ts';
import { deliverEffects } from '../shared/events/deliver-effects.ts';
import type { Effect as EffectWith } from '../shared/events/deliver-effects.ts';
import { domainEvent } from '../shared/events/domain-event.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { Change } from '../shared/stream-handler.ts';
import { contentOf } from './content/content-rows.ts';
import type { StoredContent } from './content/content-store.ts';
import { changedNames } from './content/field-changes.ts';
import { prefixes } from './contract.ts';
import type { SelectJob } from './contract.ts';
import { rowOf } from './queue/row-rows.ts';
import { rowId } from './queue/row.ts';
import type { Row } from './queue/row.ts';
import { hasFailed, statusCodes } from './queue/status.ts';
import { runId } from './runs/run.ts';

/** What follows from a change of push's table. */
export type Effect = EffectWith<SelectJob>;

/** Turns a change into events for the bus and jobs for the rules; other items say nothing. */
export function effectsOf(change: Change): Effect[] {
  const { pk } = change.keys;
  if (pk.startsWith(prefixes.content)) return contentChanged(change);
  if (pk.startsWith(prefixes.row)) return rowChanged(change);
  return [];
}

function contentChanged(change: Change): Effect[] {
  const before = change.before && contentOf(change.before);
  const after = change.after && contentOf(change.after);
  const select = after && selection(before, after);
  const forgotten = filesWithout(before, after);
  return [
    ...(select ? [{ job: select }] : []),
    ...(forgotten.length > 0 ? [{ job: { kind: 'forget' as const, keys: forgotten } }] : []),
  ];
}

/** Asks the rules about a new item, and about one that differs. */
function selection(before: StoredContent | undefined, after: StoredContent): SelectJob | undefined {
  const changed = changedNames(before, after);
  if (before && changed.length === 0) return undefined;
  const { ref, ulid, version, updatedAt } = after;
  return {
    kind: 'select',
    ref,
    item: ulid,
    version,
    created: before === undefined,
    changed,
    // To the millisecond; the stream's own time is to the second.
    atMs: Date.parse(updatedAt),
  };
}

/** Files of an item that it has no more. */
function filesWithout(before?: StoredContent, after?: StoredContent): string[] {
  const kept = new Set(after?.binaries.map(({ key }) => key));
  return (before?.binaries ?? []).map(({ key }) => key).filter((key) => !kept.has(key));
}

function rowChanged({ id, atMs, before, after }: Change): Effect[] {
  if (!after) return [];
  const row = rowOf(after);
  if (before && rowOf(before).status === row.status) return [];
  const seed = { atMs, seed: id, audience: [row.content], data: eventData(row) };
  if (row.status === 'PUSHED') return [{ event: domainEvent('push.succeeded', seed) }];
  return hasFailed(row.status) ? [{ event: domainEvent('push.failed', seed) }] : [];
}

/**
 * Characters of an event's message. The bus takes 256 KiB, of which each character may be six bytes; the
 * queue has all of it.
 */
const maxMessageCharacters = 16_000;

function eventData({ ulid, rule, target, content, status, message, run }: Row) {
  return {
    item: rowId(ulid),
    rule,
    target,
    content,
    status,
    statusCode: statusCodes[status],
    message: message.slice(0, maxMessageCharacters).toWellFormed(),
    ...(run !== undefined && { runId: runId(run) }),
  };
}

/** Time that what is being sent has before its files are deleted: the longest delay of SQS. */
export const forgetAfterSeconds = 900;

/** Sends effects on as `deliverEffects` does; files are forgotten later. */
export async function deliver(
  to: { bus: EventBus; jobs: JobQueue<SelectJob> },
  effects: readonly Effect[],
): Promise<Delivery[]> {
  const jobs: JobQueue<SelectJob> = {
    send: async (sent) => {
      const [now, later] = [sent.filter(isSelect), sent.filter((job) => !isSelect(job))];
      if (now.length > 0) await to.jobs.send(now);
      if (later.length > 0) await to.jobs.send(later, forgetAfterSeconds);
    },
  };
  return deliverEffects({ bus: to.bus, jobs }, effects);
}

function isSelect({ kind }: SelectJob): boolean {
  return kind === 'select';
}
