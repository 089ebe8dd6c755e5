import type { Attempt } from './delivery.ts';
import type { Lane } from './lane.ts';

/** A post of a batch, on record for its events. */
export interface BatchRecord {
  /** Number of the batch up to which stored events went with it. */
  batch: number;
  /** `webhook-id` of the post. */
  id: string;
  /** First and last delivery of it. */
  first: string;
  last: string;
  attempt: Attempt;
  /** Seconds since the epoch. */
  expiresAt: number;
}

/**
 * Lanes of hooks. Every read is of the present. What waits in a lane of batches are deliveries with the
 * status `stored`: the deliveries' store has them.
 */
export interface LaneStore {
  /** A hook without a lane has an empty one of version 0. */
  read(hook: string): Promise<Lane>;
  /**
   * Stores a lane as it was read (`lane.version`), raising its version. The very same save once more,
   * after a lost answer, is `saved` too.
   */
  save(lane: Lane): Promise<'saved' | 'changed'>;
  /** Batch mode: the same post recorded again replaces the record. */
  record(hook: string, record: BatchRecord): Promise<void>;
  /** Batch mode: records of this batch and later ones, oldest first. */
  records(hook: string, batch: number, limit?: number): Promise<BatchRecord[]>;
  /** Ordered: puts a delivery at the end of the queue; twice is once. */
  enqueue(hook: string, sequence: string, delivery: string): Promise<void>;
  /** Ordered: the first of the queue. */
  queued(hook: string, limit: number): Promise<{ sequence: string; delivery: string }[]>;
  dequeue(hook: string, sequence: string): Promise<void>;
}

/** Records that are read at most, where no other number is asked for. */
export const recordsPerRead = 200;
