import { countWaiting, knownAs } from './batch-repeat.ts';
import type { Delivery } from './delivery.ts';
import { deliveryUlid } from './delivery.ts';
import { postForgotten } from './forgotten-post.ts';
import type { Hook } from './hook.ts';
import type { LaneWork, TakenEvent } from './lane-jobs.ts';
import { expiryOf, nowOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { atOnce } from '../shared/at-once.ts';

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
  const all = await atOnce(work.takes, async (take) => storeEvent(run, hook, take));
  const found = all.filter((one) => one !== undefined);
  const before = run.lane;
  let { stored, oldest } = before;
  for (const { ulid, isNew } of found) {
    if (isNew) stored += 1;
    if (oldest === undefined || ulid < oldest) oldest = ulid;
  }
  const since = oldest === undefined ? undefined : (before.since ?? nowOf(run));
  const counts = hook.delivery.mode === 'batch' && hook.delivery.size !== undefined;
  // What is left of a flush comes back with a number of its time.
  const uncounted = !counts || (before.uncounted && before.flush !== undefined) || undefined;
  run.lane = { ...before, stored, oldest, since, uncounted, lastSequence: work.lastSequence };
  const isUnsure = before.uncounted || found.some(({ isNew }) => !isNew);
  if (counts && isUnsure) {
    stored = await countWaiting(run);
    run.lane = { ...run.lane, stored };
  }
  const isRecounted = stored !== before.stored || uncounted !== before.uncounted;
  return oldest !== before.oldest || (counts && isRecounted);
}

interface Stored {
  ulid: string;
  /** It counts for the size of the batch; otherwise nobody knows whether it is counted already. */
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
  const known = await knownAs(run, existing, take);
  if (known === 'done') {
    await postForgotten(run, existing);
    return undefined;
  }
  if (known === 'waiting') return { ulid, isNew: false };
  // A run stored it and died before its lane was: meanwhile another batch may have begun.
  const { epoch } = hook;
  const { payload, sequence } = take;
  const again = { ...existing, status: 'stored', batch, epoch, payload, sequence } as const;
  const isSame =
    existing.status === 'stored' && existing.batch === batch && existing.sequence === sequence;
  if (!isSame) await stubbornly(run, async () => deliveries.replace(again));
  return { ulid, isNew: true };
}
