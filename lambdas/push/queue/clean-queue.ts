import type { Clock } from '../../shared/identifier.ts';
import { ulidTime } from '../../shared/identifier.ts';
import type { Cleaned, Cleaning } from '../cleaning.ts';
import type { PushSettings } from '../settings.ts';
import type { Row } from './row.ts';
import type { RowStore } from './row-store.ts';

export interface CleanQueueParts {
  rows: Pick<RowStore, 'oldest' | 'get' | 'remove'>;
  settings: Pick<PushSettings, 'maxAgeSeconds'>;
  now: Clock;
}

/** Rows read at the same time. */
const readsAtOnce = 10;

/**
 * Removes rows that were pushed, by their last attempt, at or before `maxAgeSeconds` ago: a part of them,
 * from the oldest. A row that has changed since it was looked at stays.
 */
export async function cleanQueue(
  { rows, settings, now }: CleanQueueParts,
  { dryRun, after, limit }: Cleaning,
): Promise<Cleaned<Row>> {
  const untilMs = now() - settings.maxAgeSeconds * 1_000;
  const page = await rows.oldest('PUSHED', {}, { after, limit });
  // No row is pushed before it is made, and they come in the order of their making.
  const old = page.items.filter(({ ulid }) => ulidTime(ulid) <= untilMs);
  const candidates: Row[] = [];
  let deleted = 0;
  for (let start = 0; start < old.length; start += readsAtOnce) {
    const part = old.slice(start, start + readsAtOnce);
    const cleaned = await Promise.all(part.map(({ ulid }) => clean(ulid)));
    for (const row of cleaned) {
      if (row === undefined) continue;
      candidates.push(row);
      if (!dryRun) deleted += 1;
    }
  }
  const isEnd = old.length < page.items.length;
  return { candidates, deleted, after: isEnd ? undefined : page.after };

  async function clean(ulid: string): Promise<Row | undefined> {
    const row = await rows.get(ulid);
    if (row?.status !== 'PUSHED' || (row.lastAttemptMs ?? row.createdMs) > untilMs) {
      return undefined;
    }
    return dryRun || (await rows.remove(row)) ? row : undefined;
  }
}
