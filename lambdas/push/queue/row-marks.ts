import type { Row } from './row.ts';

/** Marks that a row keeps: each costs a request for each file. */
const mostMarks = 20;

type MarkedRow = Pick<Row, 'ulid' | 'claims' | 'earlierMarks'>;

/** Makes the temporary files of a row and of one worker that has it differ from all others. */
export function rowMark({ ulid, claims }: Pick<Row, 'ulid' | 'claims'>): string {
  return `${ulid.toLowerCase()}c${String(claims)}`;
}

/** Marks of workers that had the row, or those before it, and may have left something. */
export function leftMarks({ ulid, claims, earlierMarks = [] }: MarkedRow): string[] {
  const own = Array.from({ length: claims }, (_, index) => rowMark({ ulid, claims: index + 1 }));
  return [...new Set([...earlierMarks, ...own])].slice(-mostMarks);
}

/** The same for the worker that has the row now: what others left is to be removed. */
export function earlierRowMarks(row: MarkedRow): string[] {
  return leftMarks(row).filter((mark) => mark !== rowMark(row));
}

/** What a row keeps of these, which is nothing when there are none. */
export function withMarks(marks: readonly string[]): Pick<Row, 'earlierMarks'> {
  return marks.length === 0 ? {} : { earlierMarks: marks };
}
