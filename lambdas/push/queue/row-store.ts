import type { Page } from '../page.ts';
import type { Claim, Outcome, Row, RowMark } from './row.ts';
import type { FailedStatus, Status } from './status.ts';

/** A row that a change makes. */
export type NewRow = RowMark & { createdMs: number };

/** Which rows a list is of; all that are given must hold. */
export interface RowFilter {
  status?: Status | 'failed' | undefined;
  rule?: string | undefined;
  target?: string | undefined;
  content?: string | undefined;
}

/**
 * `done`: it is NEW now. `waiting`: another NEW row of the same rule, target and content has its place.
 * `changed`: it is no longer as it was read, or is gone.
 */
export type Renewal = 'done' | 'waiting' | 'changed';

/** How a row is made NEW again. */
export interface Renewing {
  /** The worker that has it lives and gives it back: that it took it does not count. */
  isReturned?: boolean;
  /** A person wants it. The nonce tells this wish from others at the same moment. */
  wish?: { atMs: number; nonce: string };
}

/** The queue. Each write is conditional on what it was decided by; a retry after a lost answer is safe. */
export interface RowStore {
  /**
   * Makes a NEW row, unless one of the same rule, target and content is NEW already. A row that was made
   * before, whatever became of it, is not made again: a repeat of the same change has the same ULID.
   */
  enqueue(row: NewRow): Promise<void>;
  /** Makes a row that failed before it could wait; once. */
  record(row: NewRow, status: FailedStatus, message: string): Promise<void>;
  /** By a consistent read. */
  get(ulid: string): Promise<Row | undefined>;
  /** Newest first. With filters a page may be shorter than its limit. */
  list(filter: RowFilter, page: { after: string | undefined; limit: number }): Promise<Page<Row>>;
  /** Rows of a status, oldest first; may lag by moments. */
  oldest(
    status: Status,
    filter: { rule?: string | undefined; targets?: readonly string[] | undefined },
    page: { after: string | undefined; limit: number },
  ): Promise<Page<RowMark>>;
  /** How many rows of a status there are; may lag by moments. */
  count(status: Status): Promise<number>;
  /** Takes a NEW row. @returns the row as it is now, or nothing when it is not NEW any more */
  claim(ulid: string, by: { claim: Claim; run: string }): Promise<Row | undefined>;
  /** Ends the work on a row that was claimed. @returns false when another has it by now */
  finish(row: Row, outcome: Outcome, nowMs: number): Promise<boolean>;
  /** Fails a NEW row that nothing can push. @returns false when it is not NEW any more */
  refuse(ulid: string, status: FailedStatus, message: string): Promise<boolean>;
  /** Makes a row NEW again, as it was read: one that failed (claims from 0), or one that a worker had. */
  renew(row: Row, how?: Renewing): Promise<Renewal>;
  /** Removes a row as it was read. @returns false when it has changed since */
  remove(row: Row): Promise<boolean>;
}
