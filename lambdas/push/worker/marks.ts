import type { Row } from '../queue/row.ts';
import { maxClaims } from '../runs/recover.ts';

/** Version of a row that was claimed for the first time: made, then claimed. */
const firstClaimedVersion = 2;

/** Each costs a request for each file. */
const mostMarks = 20;

/** Makes the temporary files of a row and of one worker that has it differ from all others. */
export function rowMark({ ulid, claims }: Pick<Row, 'ulid' | 'claims'>): string {
  return `${ulid.toLowerCase()}c${String(claims)}`;
}

/**
 * Marks of workers that had the row before: what they left is to be removed. Claims are counted anew
 * after a reset, so that a row with a past may have had each.
 */
export function earlierRowMarks({ ulid, claims, version }: Row): string[] {
  if (version <= firstClaimedVersion) return [];
  const counts = Array.from({ length: maxClaims }, (_, index) => index + 1);
  return counts
    .filter((count) => count !== claims)
    .map((count) => rowMark({ ulid, claims: count }));
}

/** The same for a mass run, by the epoch of its own lane. */
export function massMark(run: string, epoch: number): string {
  return `${run.toLowerCase()}e${String(epoch)}`;
}

/** Marks of workers that had the run before, the newest of them: any may have ended in mid-upload. */
export function earlierMassMarks(run: string, epoch: number): string[] {
  const first = Math.max(1, epoch - mostMarks);
  return Array.from({ length: epoch - first }, (_, index) => massMark(run, first + index));
}
