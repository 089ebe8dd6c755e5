import type { DeliveryParts } from './delivery-parts.ts';
import type { Delivery } from './delivery.ts';
import { atOnce } from './lane-writes.ts';

/** A delivery as it was read, and the epoch of its hook. */
export interface Parked {
  delivery: Delivery;
  epoch: number;
}

/**
 * A store takes the very same change twice for one whose answer was lost. Two callers of the same
 * millisecond would make the same one, so each writes a moment of its own within the last minute.
 */
const momentsMs = 60_000;

/**
 * Sets deliveries going that had come to rest, by jobs of the post worker; gives how many. Whoever
 * changes the row has it: of two callers at once one does, and there is one job. The row is in the due
 * index from then on until it is posted, so a death before the jobs are sent delays them by a minute
 * and loses none; a second job, if both come, is a repeat that the worker knows by its tries.
 *
 * @param single one try whatever the hook's schedule says; otherwise the schedule begins anew
 */
export async function setGoing(
  {
    deliveries,
    postJobs,
    now,
    pace,
  }: Pick<DeliveryParts, 'deliveries' | 'postJobs' | 'now' | 'pace'>,
  parked: readonly Parked[],
  { single }: { single: boolean },
): Promise<number> {
  const outcomes = await atOnce(parked, ({ delivery, epoch }) =>
    deliveries.replace({
      ...delivery,
      status: 'pending',
      step: single ? delivery.step : 0,
      epoch,
      nextAttemptAt: now() - Math.floor(pace.random() * momentsMs),
      due: true,
      turn: single ? { single } : undefined,
      lastStatus: undefined,
    }),
  );
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
