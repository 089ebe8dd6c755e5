import { ConflictError } from '../../shared/errors.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import { renewedRow } from './row-changes.ts';
import { rowId } from './row.ts';
import type { Row } from './row.ts';
import type { RowStore } from './row-store.ts';
import { hasFailed } from './status.ts';

/** What rows are reset with. */
export interface ResetParts {
  rows: Pick<RowStore, 'get' | 'list' | 'renew'>;
  pace: Pace;
}

/**
 * Makes a failed row NEW again, so that the next run pushes it.
 *
 * @returns the row as it is then, or nothing when there is no such row
 * @throws ConflictError when it has not failed, or when another row pushes the same already
 */
export async function resetRow({ rows, pace }: ResetParts, ulid: string): Promise<Row | undefined> {
  // A renewal whose answer was lost is asked for again as it was: read anew, the row would be NEW by it.
  let unsure: Row | undefined;
  const how = { wish: newWish(pace) };
  const { row } = await persist(pace, async () => {
    const read = unsure ?? (await rows.get(ulid));
    if (read === undefined) return { row: undefined };
    if (!hasFailed(read.status)) {
      throw new ConflictError(`The row is ${read.status}; only one that failed can be reset.`);
    }
    unsure = read;
    const renewal = await rows.renew(read, how);
    unsure = undefined;
    if (renewal === 'waiting') throw new ConflictError(await wordOfOther(rows, read));
    return renewal === 'changed' ? undefined : { row: renewedRow(read, how) };
  });
  return row;
}

/** A wish unlike any other. */
export function newWish({ now, random }: Pick<Pace, 'now' | 'random'>) {
  return { atMs: now(), nonce: String(random()) };
}

async function wordOfOther(
  rows: ResetParts['rows'],
  { rule, target, content }: Row,
): Promise<string> {
  const same = { status: 'NEW', rule, target, content } as const;
  const { items } = await rows.list(same, { after: undefined, limit: 1 });
  const other = items.map(({ ulid }) => ` (${rowId(ulid)})`).join('');
  return `Another row${other} is NEW and will push ${content} to ${target} by ${rule}, as the content is then.`;
}
