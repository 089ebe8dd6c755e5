import type { Clock } from '../../shared/identifier.ts';
import type { PushSettings } from '../settings.ts';
import type { Row } from './row.ts';
import type { RowStore } from './row-store.ts';

export interface CheckParts {
  rows: Pick<RowStore, 'oldest' | 'get' | 'count'>;
  settings: Pick<PushSettings, 'checkOldAgeSeconds' | 'checkTooOldAgeSeconds'>;
  now: Clock;
}

export interface QueueCheck {
  status: 'ok' | 'late' | 'too-late';
  /** The row that has been NEW for longest. */
  oldest: Row | undefined;
  /** Its age; 0 when nothing waits. */
  oldestSeconds: number;
  /** NEW rows; may lag by moments. */
  waiting: number;
}

/** Rows that were reset and are looked at, at most. */
const mostSeen = 100;

/** Rows looked at together: more than one only when the index is behind. */
const pageSize = 10;

/**
 * Whether pushes wait longer than they should: a NEW row that was made, or reset, more than so many seconds
 * ago. What is of a row comes from the row itself, as the index may still show one that has been taken.
 */
export async function checkQueue({ rows, settings, now }: CheckParts): Promise<QueueCheck> {
  const [oldest, waiting] = await Promise.all([oldestNew(rows), rows.count('NEW')]);
  const oldestSeconds = oldest === undefined ? 0 : Math.max(0, now() - waitsSince(oldest)) / 1_000;
  return { status: statusOf(oldestSeconds, settings), oldest, oldestSeconds, waiting };
}

function statusOf(
  seconds: number,
  { checkOldAgeSeconds, checkTooOldAgeSeconds }: CheckParts['settings'],
): QueueCheck['status'] {
  if (seconds > checkTooOldAgeSeconds) return 'too-late';
  return seconds > checkOldAgeSeconds ? 'late' : 'ok';
}

/**
 * They come in the order of their making, so behind one that was never reset none has waited longer than
 * it; of those that were, so many are looked at.
 */
async function oldestNew(rows: CheckParts['rows']): Promise<Row | undefined> {
  let oldest: Row | undefined;
  let after: string | undefined;
  let seen = 0;
  do {
    const page = await rows.oldest('NEW', {}, { after, limit: pageSize });
    for (const { ulid } of page.items) {
      const row = await rows.get(ulid);
      if (row?.status !== 'NEW') continue;
      if (oldest === undefined || waitsSince(row) < waitsSince(oldest)) oldest = row;
      seen += 1;
      if (row.wishedMs === undefined || seen >= mostSeen) return oldest;
    }
    after = page.after;
  } while (after !== undefined);
  return oldest;
}

function waitsSince({ wishedMs, createdMs }: Row): number {
  return wishedMs ?? createdMs;
}
