import { reachesFollower } from './reaches-follower.ts';
import type { TimelinesSettings } from './settings.ts';
import { storedCopies } from './stored-rows.ts';
import type {
  PrivateTimelines,
  PublicAction,
  PublicRow,
  PublicTimelines,
} from './timeline-store.ts';

export interface CopyParts {
  privates: PrivateTimelines;
  publics: PublicTimelines;
  settings: TimelinesSettings;
}

/** One follow, by which copies come to its follower's timeline. */
export interface Via {
  owner: string;
  actor: string;
  followId: string;
  /** Set when the follow ended but its actions stay: only those posted before. Milliseconds. */
  until?: number;
}

/** An action on its way to one follower's private timeline. */
export type Copy = PublicAction & Via;

/** Rows of a public timeline that are read at once. */
const piece = 1_000;

/** An actor's newest actions, at most `keep`, as its follower is to have them. */
export async function copiesFor({ publics, settings }: CopyParts, via: Via): Promise<Copy[]> {
  const copies: Copy[] = [];
  for await (const rows of publicRows(publics, via.actor, {
    limit: Math.min(piece, settings.keep),
  })) {
    for (const row of rows) {
      if (reachesFollower(row, via, settings)) copies.push({ ...row, ...via });
      if (copies.length === settings.keep) return copies;
    }
  }
  return copies;
}

/**
 * Writes copies that were read a moment ago, then looks again and takes those back whose action was
 * taken back meanwhile: the deletion's own fan-out may have passed here before the copies were written.
 */
export async function writeAndSettle(parts: CopyParts, copies: readonly Copy[]): Promise<void> {
  await parts.privates.writeCopies(copies);
  await settle(parts, copies);
}

/**
 * The same second look at all that is stored of one follow: an action may have been taken back while
 * the index of followers did not list this one yet, or posted when the follow had ended already.
 */
export async function settleStored(parts: CopyParts, via: Via): Promise<void> {
  for await (const rows of storedCopies(parts.privates, via)) {
    await settle(
      parts,
      rows.map(({ ulid }) => ({ ulid, ...via })),
    );
  }
}

async function settle(
  { privates, publics, settings }: CopyParts,
  copies: readonly (Via & { ulid: string })[],
): Promise<void> {
  const gone = new Set(copies);
  for (const [actor, own] of Map.groupBy(copies, (copy) => copy.actor)) {
    const byUlid = new Map(own.map((copy) => [copy.ulid, copy]));
    const ulids = [...byUlid.keys()].toSorted();
    const range = { limit: piece, oldest: ulids[0], newest: ulids.at(-1) };
    for await (const rows of publicRows(publics, actor, range)) {
      for (const row of rows) {
        const copy = byUlid.get(row.ulid);
        if (copy && reachesFollower(row, copy, settings)) gone.delete(copy);
      }
    }
  }
  await privates.deleteCopies([...gone]);
}

/** Rows of a public timeline, newest first, by pieces. */
async function* publicRows(
  publics: PublicTimelines,
  actor: string,
  {
    limit,
    oldest,
    newest,
  }: { limit: number; oldest?: string | undefined; newest?: string | undefined },
): AsyncGenerator<PublicRow[]> {
  let after: string | undefined;
  for (;;) {
    const { rows, more } = await publics.read(actor, {
      order: 'desc',
      limit,
      ...(after !== undefined && { after }),
      ...(oldest !== undefined && { oldest }),
      ...(newest !== undefined && { newest }),
    });
    yield rows;
    after = rows.at(-1)?.ulid ?? after;
    if (!more) return;
  }
}
