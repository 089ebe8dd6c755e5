import { persist } from '../../shared/persist.ts';
import { newWish } from './reset-row.ts';
import type { ResetParts } from './reset-row.ts';
import type { Row } from './row.ts';
import { hasFailed } from './status.ts';
import type { FailedStatus } from './status.ts';

/** Which rows are reset. */
export interface FailedRows {
  status: FailedStatus | 'failed';
  rule?: string | undefined;
  /** ULID of the last row that a call before has dealt with. */
  after: string | undefined;
}

export interface Reset {
  /** Those that are NEW now. */
  accepted: number;
  /** There may be more behind this one. */
  after: string | undefined;
}

/** A call that resets ends with what it has: API Gateway gives up after 29 s. */
const longestResetMs = 15_000;

/** Rows that are read at a time. */
const rowsPerPage = 100;

/** Rows that are reset at the same time. */
const atOnce = 10;

/**
 * Makes failed rows NEW again, the newest first, as many as a call has time for. A row stays as it is
 * when another one pushes the same already: of several rows of the same, one is reset.
 */
export async function resetRows(parts: ResetParts, failed: FailedRows): Promise<Reset> {
  const { rows, pace } = parts;
  const { status, rule } = failed;
  const endsAt = pace.now() + longestResetMs;
  let accepted = 0;
  let { after } = failed;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the one before ended
    const page = await rows.list({ status, rule }, { after, limit: rowsPerPage });
    for (let start = 0; start < page.items.length; start += atOnce) {
      const part = page.items.slice(start, start + atOnce);
      // oxlint-disable-next-line no-await-in-loop -- not all at once
      const renewed = await Promise.all(part.map(async (row) => isRenewed(parts, row, failed)));
      accepted += renewed.filter(Boolean).length;
      after = part.at(-1)?.ulid;
      if (pace.now() >= endsAt) return { accepted, after };
    }
    after = page.after;
  } while (after !== undefined && pace.now() < endsAt);
  return { accepted, after };
}

/** A list may lag: what has changed since is looked at again, and left alone when it is none of them now. */
async function isRenewed(
  { rows, pace }: ResetParts,
  listed: Row,
  failed: FailedRows,
): Promise<boolean> {
  let read: Row | undefined = listed;
  const wish = newWish(pace);
  const { renewed } = await persist(pace, async () => {
    read ??= await rows.get(listed.ulid);
    if (read === undefined || !isMeant(read, failed)) return { renewed: false };
    const renewal = await rows.renew(read, { wish });
    if (renewal !== 'changed') return { renewed: renewal === 'done' };
    read = undefined;
    return undefined;
  });
  return renewed;
}

function isMeant({ status }: Row, { status: wanted }: FailedRows): boolean {
  return wanted === 'failed' ? hasFailed(status) : status === wanted;
}
