import type { Clock } from '../../shared/identifier.ts';
import type { Claim, Row, RowMark } from '../queue/row.ts';
import type { RowStore } from '../queue/row-store.ts';
import type { LaneStore } from './lane-store.ts';

export interface RecoverParts {
  rows: RowStore;
  lanes: LaneStore;
  now: Clock;
}

/** Workers that may end while they have a row; it may be the row that ends them. */
export const maxClaims = 5;

/** Rows of one read of the index. */
const pageSize = 100;

/**
 * Makes rows NEW again whose worker has ended without a word.
 *
 * @param among.targets only rows of these
 * @param among.isOurs only rows of which this is true, asked before they are read
 * @param among.isDead whether the holder of a claim is dead, when that is known without asking for its lane
 * @returns how many rows were taken from the dead
 */
export async function recover(
  { rows, lanes, now }: RecoverParts,
  among: {
    targets?: readonly string[];
    isOurs?: (mark: RowMark) => boolean;
    isDead?: (claim: Claim) => boolean | Promise<boolean>;
  } = {},
): Promise<number> {
  const holders = new Map<string, Promise<boolean>>();
  const isHeld = ({ lane, epoch }: Claim): Promise<boolean> => {
    const name = `${lane} ${String(epoch)}`;
    const known = holders.get(name) ?? lanes.isHeld(lane, epoch, now());
    holders.set(name, known);
    return known;
  };
  const { targets, isOurs = () => true, isDead = async (claim) => !(await isHeld(claim)) } = among;
  let recovered = 0;
  let after: string | undefined;
  do {
    const page = await rows.oldest('IN_PROGRESS', { targets }, { after, limit: pageSize });
    for (const { ulid } of page.items.filter(isOurs)) {
      const row = await rows.get(ulid);
      if (row?.status !== 'IN_PROGRESS' || row.claim === undefined) continue;
      if (!(await isDead(row.claim))) continue;
      await takeFromDead(row);
      recovered += 1;
    }
    after = page.after;
  } while (after !== undefined);
  return recovered;

  async function takeFromDead(row: Row): Promise<void> {
    if (row.claims < maxClaims) {
      await takeBack({ rows, now }, row, { isReturned: false });
      return;
    }
    const message = `workers ended ${String(row.claims)} times while they had it`;
    await rows.finish(row, { status: 'PUSH_ERROR', message, attempts: row.attempts }, now());
  }
}

/**
 * Makes a row NEW that somebody had and did nothing with. It fails when a newer row of the same content
 * has its place by now, which is pushed all the same.
 *
 * @param how.isReturned by a worker that lives
 */
export async function takeBack(
  { rows, now }: Pick<RecoverParts, 'rows' | 'now'>,
  row: Row,
  how: { isReturned: boolean },
): Promise<void> {
  if ((await rows.renew(row, how)) !== 'waiting') return;
  const message = `its worker ended, and a newer push of ${row.content} waits in its place`;
  await rows.finish(row, { status: 'PUSH_ERROR', message, attempts: row.attempts }, now());
}
