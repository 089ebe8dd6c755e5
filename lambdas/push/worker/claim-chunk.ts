import type { Claim, Row, RowMark } from '../queue/row.ts';
import { whyUnpushable } from '../queue/unpushable.ts';
import { laneOfContent } from '../runs/row-lane.ts';
import type { WorkParts } from './work-parts.ts';

/** Which rows a worker takes. */
export interface Share {
  run: string;
  /** Only rows of this rule. */
  rule: string | undefined;
  /** Names of the targets on the host. */
  targets: readonly string[];
  /** Which of the host's lanes it works in, of how many. */
  lane: number;
  lanes: number;
  claim: Claim;
}

/** Rows that are taken together. */
export const chunkSize = 25;

type ClaimParts = Pick<WorkParts, 'rows' | 'book'>;

/**
 * Takes NEW rows of a lane, the oldest first, chunk after chunk. The reads go on where the last ones
 * ended; when they come to an end they begin anew, until there was nothing to take from beginning to
 * end. Rows that the configuration has no place for any more are failed.
 */
export interface Claims {
  /** @returns the next rows; none when nothing is left */
  next(): Promise<Row[]>;
  /** A row that is not to be taken again by this worker, though it is NEW. */
  leave(ulid: string): void;
  /** How many were left. */
  readonly left: number;
}

export function claims(parts: ClaimParts, share: Share): Claims {
  const { rows, book } = parts;
  const { run, rule, targets, lane, lanes, claim } = share;
  const leftAlone = new Set<string>();
  /** Where the present page begins. */
  let from: string | undefined;
  let hasTaken = false;

  const claimed = async (mark: RowMark): Promise<Row | undefined> => {
    const why = whyUnpushable(book, mark);
    if (why === undefined) return rows.claim(mark.ulid, { claim, run });
    await rows.refuse(mark.ulid, 'PUSH_ERROR', why);
    return undefined;
  };

  return {
    leave: (ulid) => leftAlone.add(ulid),
    get left() {
      return leftAlone.size;
    },
    async next() {
      for (;;) {
        const limit = chunkSize * lanes;
        const page = await rows.oldest('NEW', { rule, targets }, { after: from, limit });
        const mine = page.items.filter(
          ({ ulid, content }) => laneOfContent(content, lanes) === lane && !leftAlone.has(ulid),
        );
        const taken = await claimSome(mine, claimed);
        if (taken.length > 0) {
          hasTaken = true;
          return taken;
        }
        from = page.after;
        if (from !== undefined) continue;
        if (!hasTaken) return [];
        hasTaken = false;
      }
    },
  };
}

async function claimSome(
  marks: readonly RowMark[],
  claimed: (mark: RowMark) => Promise<Row | undefined>,
): Promise<Row[]> {
  const taken: Row[] = [];
  const candidates = [...marks];
  // An index that is behind shows rows that are no longer NEW: others take their turn.
  while (candidates.length > 0 && taken.length < chunkSize) {
    const part = candidates.splice(0, chunkSize - taken.length);
    for (const row of await Promise.all(part.map(claimed))) if (row !== undefined) taken.push(row);
  }
  return taken;
}
