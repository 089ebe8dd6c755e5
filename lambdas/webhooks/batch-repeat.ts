import { waitingPage } from './batch-waiting.ts';
import type { Delivery } from './delivery.ts';
import type { TakenEvent } from './lane-jobs.ts';
import { stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { waitsInLane } from './lane.ts';
import type { Lane } from './lane.ts';

/** What an event that has a delivery already is to its lane. */
export type Known =
  /** It went its way, or is on it. */
  | 'done'
  /** It waits for the next batch, which has to begin with it at the latest. */
  | 'waiting'
  /** A run stored it and died: no batch has it. */
  | 'lost';

/**
 * Tells a repeat from an event whose first run died between its row and its lane. The same message comes
 * again soon, before any later one. Another message for it is a repeat, or brings what ended in the
 * dead-letter queue: by then its batch may be over, and only a post on record says that it was in it.
 */
export async function knownAs(run: LaneRun, existing: Delivery, take: TakenEvent): Promise<Known> {
  if (existing.status !== 'stored') return isLostInOrder(existing) ? 'lost' : 'done';
  if (existing.sequence === take.sequence) return 'lost';
  const place = placeOf(existing, run.lane);
  if (place === 'in flush') return 'done';
  if (place === 'next') return 'waiting';
  return (await wasPosted(run, existing)) ? 'done' : 'lost';
}

/**
 * A run in order stored it and died, before the hook's mode was changed: no queue has it. What was handed
 * to the post worker has a time.
 */
function isLostInOrder({ status, sequence, tries, nextAttemptAt }: Delivery): boolean {
  return (
    status === 'pending' && sequence !== undefined && tries === 0 && nextAttemptAt === undefined
  );
}

function placeOf(existing: Delivery, lane: Lane): 'in flush' | 'next' | 'none' {
  const { flush } = lane;
  if (!waitsInLane(existing, lane)) return 'none';
  if (!flush || (existing.batch ?? 0) > flush.upTo) return 'next';
  // A flush is read from its oldest on.
  return existing.ulid >= flush.oldest ? 'in flush' : 'none';
}

/** Records that are read for one delivery: far more than a chain of failures before its success has. */
const recordsOfOne = 2_000;

/** Whether a post that succeeded had it. Posts have everything that waits between their ends. */
async function wasPosted(run: LaneRun, { hook, ulid, batch = 0 }: Delivery): Promise<boolean> {
  const records = await stubbornly(run, async () =>
    run.parts.lanes.records(hook, batch, recordsOfOne),
  );
  return records.some(
    ({ first, last, attempt }) => attempt.error === undefined && first <= ulid && ulid <= last,
  );
}

/**
 * Counts what waits for the next batch, as far as one post has room. An event that came by two messages
 * may have been counted with the first or not.
 */
export async function countWaiting({ parts, lane }: LaneRun): Promise<number> {
  const { oldest, batch, flush, stored } = lane;
  if (oldest === undefined) return stored;
  const page = await waitingPage(parts.deliveries, lane, { from: oldest, upTo: batch });
  const next = page.deliveries.filter((one) => !flush || (one.batch ?? 0) > flush.upTo);
  return page.more ? Math.max(stored, next.length) : next.length;
}
