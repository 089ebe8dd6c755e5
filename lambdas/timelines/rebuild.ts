import type { FollowLink, FollowsRead } from '../follows/follows-read.ts';
import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import { copiesFor, writeAndSettle } from './copies.ts';
import type { Copy, CopyParts } from './copies.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface RebuildParts extends CopyParts {
  follows: FollowsRead;
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
  now: Clock;
}

/** Followings listed at once. */
const followingsPage = 100;

/** Followings whose actions are read at the same time. */
const parallelReads = 10;

/**
 * Writes what a skipped timeline missed: the newest `keep` actions of all that its owner follows.
 * Idempotent; the owner has been noted as reading before, so that what is posted meanwhile comes by
 * fan-out.
 *
 * When `deadlineMs` has passed, what was found so far is written and the rest goes on as a job; the
 * rebuild stays owed until the last one is done.
 */
export async function rebuildAndGoOn(
  parts: RebuildParts,
  { owner, after }: { owner: string; after?: string | undefined },
  deadlineMs: number,
): Promise<void> {
  const { privates, settings, jobs, now } = parts;
  let newest: Copy[] = [];
  for await (const { links, last } of followings(parts, owner, after)) {
    const found = await Promise.all(links.map((link) => missedFrom(parts, owner, link)));
    newest = [...newest, ...found.flat()]
      .toSorted((a, b) => (a.ulid < b.ulid ? 1 : -1))
      .slice(0, settings.keep);
    if (now() > deadlineMs) {
      await writeAndSettle(parts, newest);
      await jobs.send([{ kind: 'rebuild', owner, after: last }]);
      return;
    }
  }
  await writeAndSettle(parts, newest);
  await privates.rebuilt(owner);
}

/** What one follow brings; an actor with too many followers is merged, also where that was missed. */
async function missedFrom(
  parts: RebuildParts,
  owner: string,
  { ref, followId }: FollowLink,
): Promise<Copy[]> {
  const via = { owner, actor: ref, followId };
  const { mode } = await parts.progress.fanOut(ref);
  if (mode === 'copy') return copiesFor(parts, via);
  await parts.privates.writeMerged([via]);
  return [];
}

async function* followings(
  { follows }: RebuildParts,
  owner: string,
  from: string | undefined,
): AsyncGenerator<{ links: FollowLink[]; last: string }> {
  let after = from;
  for (;;) {
    const page = await follows.followingsOf(owner, {
      limit: followingsPage,
      ...(after !== undefined && { after }),
    });
    for (let start = 0; start < page.length; start += parallelReads) {
      const links = page.slice(start, start + parallelReads);
      after = links.at(-1)?.followId ?? after;
      if (after !== undefined) yield { links, last: after };
    }
    if (page.length < followingsPage) return;
  }
}
