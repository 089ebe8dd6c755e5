/**
 * The lane of a hook in batch mode or with `ordered`: what its events wait behind. Only the lane
 * worker changes it, one message of a hook at a time (a FIFO group for each hook).
 */
export interface Lane {
  hook: string;
  /** Batch mode: number of the batch that events are stored for now. Rises with each post of it. */
  batch: number;
  /** Batch mode: events of this batch and later ones wait; those of earlier ones are done. */
  from: number;
  /** Batch mode: events that wait. */
  stored: number;
  /** Batch mode: the smallest ULID among the deliveries that wait. */
  oldest?: string | undefined;
  /** Batch mode: a flush that is under way, after a death to be gone on with as it was. */
  flush?: { upTo: number; after?: string | undefined } | undefined;
  /** Batch mode: failed posts in a row of what waits. */
  failures: number;
  /** Ordered: the delivery at the head, which failed and blocks. */
  blocked?: string | undefined;
  /** The one live timer: when the lane goes on by itself, milliseconds since the epoch. */
  wakeAt?: number | undefined;
  /** `wakeAt` lies so far ahead that the due index holds it. */
  due?: boolean | undefined;
  /** SQS's sequence number of the last message whose events are counted in. */
  lastSequence?: string | undefined;
  /** Rises with each change. */
  version: number;
}
