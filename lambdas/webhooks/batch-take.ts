import type { Delivery } from './delivery.ts';
import { deliveryUlid } from './delivery.ts';
import type { Hook } from './hook.ts';
import type { LaneWork, TakenEvent } from './lane-jobs.ts';
import { expiryOf, nowOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { waitsInLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { atOnce } from './lane-writes.ts';

/** The delivery of an event that came to a hook's lane. */
export function takenDelivery(run: LaneRun, hook: Hook, take: TakenEvent): Delivery {
  return {
    ulid: deliveryUlid(hook.ulid, take.event),
    hook: hook.ulid,
    owner: hook.owner,
    target: hook.target,
    event: { id: take.event.id, type: take.event.type },
    status: 'pending',
    tries: 0,
    step: 0,
    attempts: [],
    epoch: hook.epoch,
    sequence: take.sequence,
    expiresAt: expiryOf(run, 'retention'),
    version: 0,
  };
}

/**
 * Stores events for the next batch, one write each, and counts them into the lane as the run knows it:
 * the caller stores that.
 *
 * @returns whether the lane has to be stored for it
 */
export async function storeEvents(run: LaneRun, hook: Hook, work: LaneWork): Promise<boolean> {
  const found = await atOnce(work.takes, async (take) => storeEvent(run, hook, take));
  const before = run.lane;
  let { stored, oldest } = before;
  for (const { ulid, isNew } of found.filter((one) => one !== undefined)) {
    if (isNew) stored += 1;
    if (oldest === undefined || ulid < oldest) oldest = ulid;
  }
  const since = oldest === undefined ? undefined : (before.since ?? nowOf(run));
  run.lane = { ...before, stored, oldest, since, lastSequence: work.lastSequence };
  const counts = hook.delivery.mode === 'batch' && hook.delivery.size !== undefined;
  return oldest !== before.oldest || (counts && stored !== before.stored);
}

interface Stored {
  ulid: string;
  /** It counts for the size of the batch. */
  isNew: boolean;
}

/** Nothing when the event came before. */
async function storeEvent(run: LaneRun, hook: Hook, take: TakenEvent): Promise<Stored | undefined> {
  const { deliveries } = run.parts;
  const { batch } = run.lane;
  const delivery: Delivery = { ...takenDelivery(run, hook, take), status: 'stored', batch };
  const { ulid } = delivery;
  const { existing } = await stubbornly(run, async () =>
    deliveries.create(delivery, take.payload, false),
  );
  if (!existing) return { ulid, isNew: true };
  if (isLostInOrder(existing, take)) {
    const stored = { ...existing, status: 'stored', batch, payload: take.payload } as const;
    await stubbornly(run, async () => deliveries.replace(stored));
    return { ulid, isNew: true };
  }
  if (existing.status !== 'stored') return undefined;
  if (existing.sequence !== take.sequence) return waitsUncounted(existing, run.lane);
  // A run stored it and died before its lane was: meanwhile another batch may have begun.
  if (existing.batch !== batch) {
    const moved = { ...existing, batch, epoch: hook.epoch };
    await stubbornly(run, async () => deliveries.replace(moved));
  }
  return { ulid, isNew: true };
}

/** A run in order stored it and died, before the hook's mode was changed: no queue has it. */
function isLostInOrder({ status, sequence, batch, tries }: Delivery, take: TakenEvent): boolean {
  const isUntouched = status === 'pending' && tries === 0 && batch === undefined;
  return isUntouched && sequence === take.sequence;
}

/** Another message brought the event: what it stored is in its lane's range for sure. */
function waitsUncounted(existing: Delivery, lane: Lane): Stored | undefined {
  const isOfNext = existing.batch === lane.batch && waitsInLane(existing, lane);
  return isOfNext ? { ulid: existing.ulid, isNew: false } : undefined;
}
