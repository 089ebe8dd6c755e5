import type { Attempt, Delivery } from './delivery.ts';
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

/** Lanes of hooks. Every read is of the present. */
export interface LaneStore {
  /** A hook without a lane has an empty one of version 0. */
  read(hook: string): Promise<Lane>;
  /** Stores a lane as it was read (`lane.version`), raising its version. */
  save(lane: Lane): Promise<'saved' | 'changed'>;
  /** Removes a lane and what waits in it. */
  remove(hook: string): Promise<void>;
  /** Batch mode: what waits, oldest first, with payloads; ends at `limit` or about `maxBytes` of payload. */
  waiting(
    lane: Lane,
    page: {
      after?: string | undefined;
      upTo?: number | undefined;
      limit: number;
      maxBytes: number;
    },
  ): Promise<{ deliveries: Delivery[]; after?: string | undefined }>;
  /** Batch mode: the same post recorded twice is one record. */
  record(hook: string, record: BatchRecord): Promise<void>;
  /** Batch mode: records of this batch and later ones, oldest first. */
  records(hook: string, batch: number): Promise<BatchRecord[]>;
  /** Ordered: puts a delivery at the end of the queue; twice is once. */
  enqueue(hook: string, sequence: string, delivery: string): Promise<void>;
  /** Ordered: the first of the queue. */
  queued(hook: string, limit: number): Promise<{ sequence: string; delivery: string }[]>;
  dequeue(hook: string, sequence: string): Promise<void>;
}
