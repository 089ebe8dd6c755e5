import type { Delivery } from './delivery.ts';

/**
 * The lane of a hook in batch mode or with `ordered`: what its events wait behind. Only the lane
 * worker changes it, one message of a hook at a time (a FIFO group for each hook).
 */
export interface Lane {
  hook: string;
  /** Batch mode: number of the batch that events are stored for now. Rises with each flush. */
  batch: number;
  /** Batch mode: events of this batch and later ones wait; those of earlier ones are done. */
  from: number;
  /** Batch mode: events that wait for the next flush. Without `size` nobody counts them exactly. */
  stored: number;
  /** Batch mode: `stored` was last told without a `size`, for which nobody counts. */
  uncounted?: boolean | undefined;
  /** Batch mode: the smallest ULID among the deliveries that wait for the next flush. */
  oldest?: string | undefined;
  /** Batch mode: when the first of them was stored, milliseconds since the epoch. */
  since?: number | undefined;
  /** Batch mode: a flush that is under way, after a death to be gone on with as it was. */
  flush?: Flush | undefined;
  /** Batch mode: what went with earlier posts of a flush of which a later one failed. */
  done?: readonly Done[] | undefined;
  /** Batch mode: failed posts in a row of what waits. */
  failures: number;
  /** Ordered: the delivery at the head, which failed or whose turn has not come, and blocks. */
  blocked?: string | undefined;
  /** The next post has its turn under the hook's rate limit already. */
  reserved?: boolean | undefined;
  /** The one live timer: when the lane goes on by itself, milliseconds since the epoch. */
  wakeAt?: number | undefined;
  /** `wakeAt` lies so far ahead that the due index holds it. */
  due?: boolean | undefined;
  /** SQS's sequence number of the last message whose events are counted in. */
  lastSequence?: string | undefined;
  /** Of a deleted hook's lane, seconds since the epoch: its deliveries go earlier. */
  expiresAt?: number | undefined;
  /** Rises with each change. */
  version: number;
}

/** All that was stored when it began, on its way in one post or several. */
export interface Flush {
  /** The newest batch that goes with it. */
  upTo: number;
  /** The smallest ULID in it. */
  oldest: string;
  /** Events that are left in it; without `size` nobody counts them exactly. */
  stored: number;
  /** The last delivery that is done. */
  after?: string | undefined;
  /** Its retries are exhausted: everything up to this delivery becomes failed, or is discarded. */
  exhausted?: { through: string; lastStatus: number | null } | undefined;
}

/** Deliveries up to a batch and up to a ULID, both inclusive. */
export interface Done {
  upTo: number;
  after: string;
}

/** The lane of a hook that had none. */
export function emptyLane(hook: string): Lane {
  return { hook, batch: 1, from: 1, stored: 0, failures: 0, version: 0 };
}

/** Whether a delivery with the status `stored` still waits for a batch. */
export function waitsInLane(
  { ulid, batch = 0 }: Pick<Delivery, 'ulid' | 'batch'>,
  { from, flush, done = [] }: Pick<Lane, 'from' | 'flush' | 'done'>,
): boolean {
  if (batch < from) return false;
  return ![...done, ...doneBy(flush)].some((one) => batch <= one.upTo && ulid <= one.after);
}

/** What the earlier posts of a flush took. */
export function doneBy(flush: Flush | undefined): Done[] {
  return flush?.after === undefined ? [] : [{ upTo: flush.upTo, after: flush.after }];
}

/** Whether a message with this sequence number is counted in a lane. */
export function isCounted(lane: Pick<Lane, 'lastSequence'>, sequence: string): boolean {
  return lane.lastSequence !== undefined && !isLater(sequence, lane.lastSequence);
}

/** Orders SQS's sequence numbers, and places between them. */
export function isLater(sequence: string, other: string): boolean {
  return sortable(sequence) > sortable(other);
}

/** A place in order: of the nth of what one message brought, behind that message and before the next. */
export function placeBehind(sequence: string, nth: number): string {
  return `${sequence}.${String(nth).padStart(6, '0')}`;
}

/** The same sequence number or place so that text orders it: they have up to 39 digits before the point. */
export function sortable(sequence: string): string {
  const [digits = '', ...places] = sequence.split('.');
  return [digits.padStart(39, '0'), ...places].join('.');
}
