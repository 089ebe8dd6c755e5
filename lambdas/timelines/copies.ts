import { reachesFollower } from './private-timeline.ts';
import type { TimelinesSettings } from './settings.ts';
import type { PrivateTimelines, PublicAction, PublicRow, PublicTimelines } from './timeline-store.ts';

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
}

/** An action on its way to one follower's private timeline. */
export type Copy = PublicAction & { owner: string; followId: string };

/** An actor's newest actions, at most `keep`, as its follower is to have them. */
export async function copiesFor({ publics, settings }: CopyParts, via: Via): Promise<Copy[]> {
  const rows = await publicRows(publics, via.actor, { most: settings.keep });
  return rows
    .filter((row) => reachesFollower(row, via, settings))
    .map((row) => ({ ...row, owner: via.owner, followId: via.followId }));
}

/**
 * Writes copies that were read a moment ago, then looks again and takes those back whose action was
 * taken back meanwhile: the deletion's own fan-out may have passed here before the copies were written.
 */
export async function writeAndSettle(
  { privates, publics }: CopyParts,
  copies: readonly Copy[],
): Promise<void> {
  if (copies.length === 0) return;
  await privates.writeCopies(copies);
  const gone: Copy[] = [];
  for (const [actor, own] of Map.groupBy(copies, (copy) => copy.actor)) {
    const ulids = own.map(({ ulid }) => ulid).toSorted();
    const rows = await publicRows(publics, actor, { oldest: ulids[0], newest: ulids.at(-1) });
    const live = new Set(rows.filter((row) => !row.retracted).map(({ ulid }) => ulid));
    gone.push(...own.filter(({ ulid }) => !live.has(ulid)));
  }
  await privates.deleteCopies(gone);
}

/** Rows of a public timeline, newest first: all between two bounds, or the `most` newest. */
async function publicRows(
  publics: PublicTimelines,
  actor: string,
  { most = Number.POSITIVE_INFINITY, oldest, newest }: {
    most?: number;
    oldest?: string | undefined;
    newest?: string | undefined;
  },
): Promise<PublicRow[]> {
  const rows: PublicRow[] = [];
  let more = true;
  while (more && rows.length < most) {
    const after = rows.at(-1)?.ulid;
    const piece = await publics.read(actor, {
      order: 'desc',
      limit: Math.min(most - rows.length, 1_000),
      ...(after !== undefined && { after }),
      ...(oldest !== undefined && { oldest }),
      ...(newest !== undefined && { newest }),
    });
    rows.push(...piece.rows);
    more = piece.more;
  }
  return rows;
}
