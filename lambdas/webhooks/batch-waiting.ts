import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { isCounted, waitsInLane } from './lane.ts';
import type { Lane } from './lane.ts';

/** Events of one post of a batch (the contract's limits). */
export const eventsPerPost = 1_000;
export const bytesPerPost = 5 * 1024 * 1024;

/** Deliveries of one read. */
const readAtOnce = 500;

/** What goes with one post, oldest first, and whether more is behind it. */
export interface WaitingPage {
  deliveries: Delivery[];
  more: boolean;
}

/**
 * What waits in a lane, oldest first: as much as fits into one post, one delivery at least. Deliveries
 * whose message is not counted in the lane don't wait yet: their run died, and their message comes again.
 *
 * @param range `from`: ULID of the first that may wait; `upTo`: the newest batch to look for
 */
export async function waitingPage(
  store: Pick<DeliveryStore, 'ofHook'>,
  lane: Lane,
  { from, upTo }: { from: string; upTo: number },
): Promise<WaitingPage> {
  const page: Delivery[] = [];
  let bytes = brackets;
  let after: string | undefined;
  do {
    const read = await store.ofHook(lane.hook, {
      order: 'asc',
      from,
      after,
      statuses: ['stored'],
      batches: { from: lane.from, to: upTo },
      limit: readAtOnce,
      maxBytes: bytesPerPost,
    });
    for (const delivery of read.deliveries) {
      if (!isInFlush(delivery, lane, upTo)) continue;
      bytes += Buffer.byteLength(delivery.payload ?? '') + comma;
      const isFull = page.length === eventsPerPost || bytes > bytesPerPost;
      if (isFull && page.length > 0) return { deliveries: page, more: true };
      page.push(delivery);
    }
    ({ after } = read);
  } while (after !== undefined);
  return { deliveries: page, more: false };
}

/** What stands around and between the elements of a JSON array. */
const brackets = 2;
const comma = 1;

function isInFlush(delivery: Delivery, lane: Lane, upTo: number): boolean {
  const { batch = 0, sequence } = delivery;
  return (
    batch <= upTo &&
    waitsInLane(delivery, lane) &&
    (sequence === undefined || isCounted(lane, sequence))
  );
}
