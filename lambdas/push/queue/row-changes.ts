import type { Claim, Outcome, Row } from './row.ts';
import type { NewRow, Renewing } from './row-store.ts';
import { leftMarks, withMarks } from './row-marks.ts';
import { hasFailed } from './status.ts';
import type { FailedStatus } from './status.ts';

/**
 * A row that waits for its first push.
 *
 * @param before the row that had its place, of which it has what may be left at the target
 */
export function madeRow({ ulid, rule, target, content, createdMs }: NewRow, before?: Row): Row {
  return {
    ulid,
    rule,
    target,
    content,
    status: 'NEW',
    message: '',
    attempts: [],
    createdMs,
    claims: 0,
    ...(before !== undefined && before.status !== 'PUSHED' && withMarks(leftMarks(before))),
    version: 1,
  };
}

/** A row that failed before it could wait. */
export function recordedRow(row: NewRow, status: FailedStatus, message: string): Row {
  return { ...madeRow(row), status, message };
}

/** A NEW row in a worker's hands. */
export function claimedRow(row: Row, { claim, run }: { claim: Claim; run: string }): Row {
  return {
    ...row,
    status: 'IN_PROGRESS',
    claim,
    run,
    claims: row.claims + 1,
    version: row.version + 1,
  };
}

/** A claimed row after its push. The outcome's attempts are all that the row shows from now on. */
export function finishedRow(row: Row, { status, message, attempts }: Outcome, nowMs: number): Row {
  const { claim: _ended, ...rest } = row;
  return { ...rest, status, message, attempts, lastAttemptMs: nowMs, version: row.version + 1 };
}

/** A NEW row that nothing can push. */
export function refusedRow(row: Row, status: FailedStatus, message: string): Row {
  return { ...row, status, message, version: row.version + 1 };
}

/** A row that waits again. What a person asks for begins its count of claims anew. */
export function renewedRow(row: Row, { isReturned = false, wish }: Renewing = {}): Row {
  const { claim: _ended, ...rest } = row;
  return {
    ...rest,
    status: 'NEW',
    message: '',
    ...(wish !== undefined && { wishedMs: wish.atMs, wish: wish.nonce }),
    ...withMarks(hasFailed(row.status) ? leftMarks(row) : (row.earlierMarks ?? [])),
    claims: hasFailed(row.status) ? 0 : row.claims - Number(isReturned),
    version: row.version + 1,
  };
}
