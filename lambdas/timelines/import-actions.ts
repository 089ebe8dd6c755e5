import type { FollowsRead } from '../follows/follows-read.ts';
import { ulidTime } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import { copiesFor, settleStored, writeAndSettle } from './copies.ts';
import type { CopyParts, Via } from './copies.ts';
import { removeCopies } from './remove-copies.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface ImportParts extends CopyParts {
  follows: FollowsRead;
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
}

/**
 * The second import: by then the index of followers lists the new one, so what it did not get before
 * (posted meanwhile) or kept wrongly (taken back meanwhile) is mended here.
 */
const secondImportSeconds = 60;

/** How far back the second import looks: the moment of the follow and some room for clocks. */
const secondImportMarginMs = 5 * 60_000;

/** Brings the followed one's actions into the follower's timeline, unless the follow has ended since. */
export async function importActions(
  parts: ImportParts,
  job: Extract<UpkeepJob, { kind: 'import' }>,
): Promise<void> {
  const { privates, follows, progress, jobs, settings } = parts;
  const { owner, actor, followId, pass } = job;
  const via = { owner, actor, followId };
  const pair = { follower: owner, followed: actor };
  if ((await follows.edge(pair))?.followId !== followId) return;

  if ((await progress.fanOut(actor)).mode === 'merge') await privates.writeMerged([via]);
  else {
    const copies = await copiesFor(parts, via);
    await writeAndSettle(parts, pass === 1 ? copies : copies.filter(postedSinceFollow(via)));
  }
  if (pass === 1) await jobs.send([{ ...job, pass: 2 }], secondImportSeconds);
  else await settleStored(parts, via);

  // Unfollowed meanwhile: its cleaning may have passed before these rows were written. Where actions
  // stay after an unfollow, its second pass finds them.
  if (settings.removeOnUnfollow && (await follows.edge(pair))?.followId !== followId) {
    await removeCopies(privates, via);
  }
}

function postedSinceFollow({ followId }: Via) {
  const from = ulidTime(followId) - secondImportMarginMs;
  return ({ postedAt }: { postedAt: number }): boolean => postedAt >= from;
}
