import { mergedRows } from './merged-rows.ts';
import type { PrivateRow, PrivateTimelines } from './timeline-store.ts';

/** Rows read at once. */
const piece = 500;

/** Actions whose rows are given together; what a caller deletes at once. */
const groupsTogether = 100;

/**
 * The rows that are stored on a private timeline, newest first, in handfuls of whole actions; from
 * `after` (exclusive) on, or all.
 */
export async function* storedRows(
  privates: PrivateTimelines,
  owner: string,
  after?: string,
): AsyncGenerator<PrivateRow[]> {
  const groups = mergedRows<PrivateRow>([async (range) => privates.read(owner, range)], {
    order: 'desc',
    limit: piece,
    ...(after !== undefined && { after }),
  });
  let rows: PrivateRow[] = [];
  let count = 0;
  for await (const group of groups) {
    rows.push(...group);
    count += 1;
    if (count % groupsTogether === 0) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

/** Copies on a private timeline that came through one follow, in the same handfuls. */
export async function* storedCopies(
  privates: PrivateTimelines,
  { owner, followId }: { owner: string; followId: string },
): AsyncGenerator<Extract<PrivateRow, { kind: 'copy' }>[]> {
  for await (const rows of storedRows(privates, owner)) {
    yield rows.filter((row) => row.kind === 'copy').filter((copy) => copy.followId === followId);
  }
}
