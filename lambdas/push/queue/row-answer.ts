import { rfc3339 } from '../../shared/identifier.ts';
import { runId } from '../runs/run.ts';
import { rowId } from './row.ts';
import type { Row } from './row.ts';
import { statusCodes } from './status.ts';

/** A row of the queue as the API answers it. */
export function rowAnswer(row: Row) {
  const { ulid, rule, target, content, status, message, attempts, createdMs } = row;
  const { lastAttemptMs, run } = row;
  return {
    id: rowId(ulid),
    rule,
    target,
    content,
    status,
    statusCode: statusCodes[status],
    message,
    attempts: attempts.map(({ atMs, durationMs, outcome, message: said }) => ({
      at: rfc3339(atMs),
      durationMs,
      outcome,
      message: said,
    })),
    createdAt: rfc3339(createdMs),
    ...(lastAttemptMs !== undefined && { lastAttemptAt: rfc3339(lastAttemptMs) }),
    ...(run !== undefined && { runId: runId(run) }),
  };
}
