import type { DeliveryParts } from './delivery-parts.ts';
import type { Delivery } from './delivery.ts';
import { payloadSpareDays } from './delivery.ts';
import { atOnce } from '../shared/at-once.ts';
import { withoutNext } from './next-step.ts';
import { resendAfterMs } from './schedule-later.ts';
import { daySeconds, expiryAfter } from './expiry.ts';

export type SetGoingParts = Pick<
  DeliveryParts,
  'deliveries' | 'postJobs' | 'now' | 'pace' | 'retentionDays'
>;

/** A delivery as it was read, and the epoch of its hook. */
export interface Parked {
  delivery: Delivery;
  epoch: number;
}

/**
 * A store takes the very same change twice for one whose answer was lost. Two callers of the same
 * millisecond would make the same one, so each writes a moment of its own within a minute.
 */
const momentsMs = 60_000;

/**
 * Sets deliveries going that had come to rest, by jobs of the post worker; gives how many. Whoever
 * changes the row has it: of two callers at once one does, and there is one job. The row is in the due
 * index until it is posted or has its turn, so a death before the jobs are sent delays them by minutes
 * and loses none; a second job, if both come, is a repeat that the worker knows by its tries. What is set
 * going is kept, with its payload, as long as what is new: one that was held would expire in the middle of
 * its retries.
 *
 * @param single one try whatever the hook's schedule says; otherwise the schedule begins anew
 */
export async function setGoing(
  { deliveries, postJobs, now, pace, retentionDays }: SetGoingParts,
  parked: readonly Parked[],
  { single }: { single: boolean },
): Promise<number> {
  const expiresAt = expiryAfter(retentionDays, now());
  await keepPayloads(
    deliveries,
    parked.map(({ delivery }) => delivery),
    expiresAt,
  );
  const outcomes = await atOnce(parked, ({ delivery, epoch }) => {
    const nowMs = now();
    return deliveries.replace({
      ...withoutNext(delivery),
      status: 'pending',
      step: single ? delivery.step : 0,
      epoch,
      nextAttemptAt: nowMs,
      due: true,
      resendAt: nowMs + resendAfterMs + Math.floor(pace.random() * momentsMs),
      turn: single ? { single } : undefined,
      expiresAt: Math.max(delivery.expiresAt, expiresAt),
    });
  });
  const taken = parked.filter((_one, place) => outcomes[place] === 'replaced');
  await postJobs.send(
    taken.map(({ delivery: { hook, ulid, tries } }) => ({
      kind: 'post',
      hook,
      delivery: ulid,
      tries,
      ...(single && { single }),
    })),
  );
  return taken.length;
}

/** Keeps the payloads of deliveries that are to stay until then. */
export async function keepPayloads(
  store: SetGoingParts['deliveries'],
  deliveries: readonly Delivery[],
  expiresAt: number,
): Promise<void> {
  const goingEarlier = deliveries.filter((delivery) => delivery.expiresAt < expiresAt);
  await store.prolongPayloads(goingEarlier, expiresAt + payloadSpareDays * daySeconds);
}
