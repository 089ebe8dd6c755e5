import type { Piece, Range } from '../../lambdas/timelines/timeline-store.ts';

/** A piece of rows that lie about in any order. `keyOf` orders them; it begins with the row's ULID. */
export function pieceOf<Row extends { ulid: string }>(
  rows: readonly Row[],
  { order, after, oldest, newest, limit }: Range,
  keyOf: (row: Row) => string,
): Piece<Row> {
  const sign = order === 'asc' ? 1 : -1;
  const inside = rows
    .filter(
      ({ ulid }) =>
        (oldest === undefined || ulid >= oldest) &&
        (newest === undefined || ulid <= newest) &&
        (after === undefined || (order === 'asc' ? ulid > after : ulid < after)),
    )
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -sign : sign));
  return { rows: inside.slice(0, limit), more: inside.length > limit };
}
