import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import { copiesFor, writeAndSettle } from './copies.ts';
import type { Via } from './copies.ts';
import { erase } from './erase.ts';
import { rebuild } from './rebuild.ts';
import { removeCopies } from './remove-copies.ts';
import { trim } from './trim.ts';
import type { PrivateTimelineParts } from './private-timeline.ts';
import { ulidTime } from '../shared/identifier.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface UpkeepParts extends PrivateTimelineParts {
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
}

/**
 * The second import: actions posted at the moment of the follow, whose planner may have read the list
 * of followers before the index had the new one.
 */
const secondImportSeconds = 60;

/** How far back the second import looks: the moment of the follow and some room for clocks. */
const secondImportMarginMs = 5 * 60_000;

/**
 * The second cleaning: what chunks of a fan-out under way at the unfollow wrote after the first one.
 * The longest delay that SQS has; chunks older than ten minutes ask whether the follow still exists.
 */
const secondCleanSeconds = 900;

/** Time that a job may take before it leaves the rest to a next one, in milliseconds. */
const budgetMs = 40_000;

/** Work on single timelines. Every job bears to be done twice, late, or out of order with the others. */
export async function upkeep(parts: UpkeepParts, job: UpkeepJob): Promise<void> {
  const { privates, jobs, now } = parts;
  switch (job.kind) {
    case 'import':
      return await importActions(parts, job);
    case 'clean':
      return await clean(parts, job);
    case 'keep':
      return await keep(parts, job);
    case 'trim':
      return await trim(parts, job.owner);
    case 'rebuild': {
      if (!(await privates.head(job.owner)).rebuildOwed) return;
      if (!(await rebuild(parts, job.owner, now() + budgetMs))) await jobs.send([job]);
      return;
    }
    case 'erase':
      return await erase(parts, job, now() + budgetMs);
  }
}

async function importActions(
  parts: UpkeepParts,
  job: Extract<UpkeepJob, { kind: 'import' }>,
): Promise<void> {
  const { privates, follows, progress, jobs } = parts;
  const { owner, actor, followId } = job;
  const pair = { follower: owner, followed: actor };
  if ((await follows.edge(pair))?.followId !== followId) return;

  const { mode } = await progress.fanOut(actor);
  if (mode === 'merge') {
    await privates.writeMerged([{ owner, actor, followId }]);
  } else {
    const copies = await copiesFor(parts, job);
    await writeAndSettle(parts, job.pass === 1 ? copies : copies.filter(postedSinceFollow(job)));
  }
  if (job.pass === 1) await jobs.send([{ ...job, pass: 2 }], secondImportSeconds);
  // Unfollowed meanwhile: its cleaning may have passed before these rows were written.
  if ((await follows.edge(pair))?.followId !== followId) await removeCopies(parts.privates, job);
}

function postedSinceFollow({ followId }: Via) {
  const from = ulidTime(followId) - secondImportMarginMs;
  return ({ postedAt }: { postedAt: number }): boolean => postedAt >= from;
}

async function clean(
  parts: UpkeepParts,
  job: Extract<UpkeepJob, { kind: 'clean' }>,
): Promise<void> {
  await removeCopies(parts.privates, job);
  if (job.pass === 1) await parts.jobs.send([{ ...job, pass: 2 }], secondCleanSeconds);
}

/** The follow ended and its actions stay (`removeOnUnfollow` off): notes whose they are, for an erasure. */
async function keep(
  { privates }: UpkeepParts,
  { owner, actor, followId, endedAt }: Extract<UpkeepJob, { kind: 'keep' }>,
): Promise<void> {
  await privates.keep(actor, { owner, followId });
  const { merged } = await privates.head(owner);
  if (merged.some((one) => one.followId === followId && one.until === undefined)) {
    await privates.writeMerged([{ owner, actor, followId, until: Date.parse(endedAt) }]);
  }
}
