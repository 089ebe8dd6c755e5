import type { FollowsRead } from '../follows/follows-read.ts';
import type { Clock } from '../shared/identifier.ts';
import { copiesFor, writeAndSettle } from './copies.ts';
import type { Copy, CopyParts } from './copies.ts';

export interface RebuildParts extends CopyParts {
  follows: FollowsRead;
  now: Clock;
}

/** Followings read at once. */
const followingsPage = 100;

/** Public timelines read at the same time. */
const parallelReads = 10;

/**
 * Writes what a skipped timeline missed: the newest `keep` actions of all that its owner follows.
 * Idempotent; the owner has been noted as reading before, so that what is posted meanwhile comes by
 * fan-out.
 *
 * @returns false when `deadlineMs` passed first; the rebuild stays owed and is to be done again.
 */
export async function rebuild(
  parts: RebuildParts,
  owner: string,
  deadlineMs: number,
): Promise<boolean> {
  const { privates, follows, settings, now } = parts;
  let newest: Copy[] = [];
  let after: string | undefined;
  for (;;) {
    const links = await follows.followingsOf(owner, {
      limit: followingsPage,
      ...(after !== undefined && { after }),
    });
    for (let start = 0; start < links.length; start += parallelReads) {
      if (now() > deadlineMs) return false;
      const some = links.slice(start, start + parallelReads);
      const found = await Promise.all(
        some.map(({ ref, followId }) => copiesFor(parts, { owner, actor: ref, followId })),
      );
      newest = newestOf([...newest, ...found.flat()], settings.keep);
    }
    after = links.at(-1)?.followId;
    if (links.length < followingsPage) break;
  }
  await writeAndSettle(parts, newest);
  await privates.rebuilt(owner);
  return true;
}

function newestOf(copies: readonly Copy[], count: number): Copy[] {
  return copies.toSorted((a, b) => (a.ulid < b.ulid ? 1 : -1)).slice(0, count);
}
