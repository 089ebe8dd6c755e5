import type { FollowLink, FollowsRead } from '../follows/follows-read.ts';
import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { ChunkJob, PlanJob } from './contract.ts';
import { reachesFollower } from './reaches-follower.ts';
import type { TimelinesSettings } from './settings.ts';
import type { PrivateTimelines, PublicTimelines, TimelineProgress } from './timeline-store.ts';

export interface PlannerParts {
  publics: PublicTimelines;
  privates: PrivateTimelines;
  progress: TimelineProgress;
  follows: FollowsRead;
  plans: JobQueue<PlanJob>;
  chunks: JobQueue<ChunkJob>;
  settings: TimelinesSettings;
  now: Clock;
}

/** Followers planned in one run; a longer list continues in a message of its own, which is the progress kept. */
const followersPerRun = 2_500;

/**
 * An actor whose actions are merged is copied again only well below the limit, so that one follower
 * coming and going at the limit does not change the way each time.
 */
const copyAgainBelow = 0.8;

/** Clocks of two functions differ by less than this. */
const clockMarginMs = 60_000;

/**
 * Plans who gets what: cuts the list of followers into chunks and sends each as a job of its own. A
 * repeat sends the same chunks again, which write the same rows.
 */
export async function plan(parts: PlannerParts, job: PlanJob): Promise<void> {
  switch (job.kind) {
    case 'copy':
      await planCopies(parts, job);
      break;
    case 'remove':
      await planRemovals(parts, job);
      break;
    case 'merge':
      await planMerges(parts, job);
      break;
  }
}

async function planCopies(
  parts: PlannerParts,
  job: Extract<PlanJob, { kind: 'copy' }>,
): Promise<void> {
  const row = await parts.publics.get(job.actor, job.ulid);
  if (row === undefined || row.retracted) return;
  // A list that has begun is finished the way it began: the way is decided once for each action.
  if (job.after === undefined && (await wayOf(parts, job.actor)) === 'merge') return;
  const { ulid, actor, verb, target, data } = row;
  const action = {
    ulid,
    actor,
    verb,
    ...(target !== undefined && { target }),
    ...(data !== undefined && { data }),
  };
  const plannedAt = parts.now();
  // Who began to follow after the post gets it by import, if at all.
  const wanted = (link: FollowLink) => reachesFollower(row, link, parts.settings);
  await sendChunks(parts, job, { wanted }, (followers) => ({
    kind: 'copy',
    action,
    plannedAt,
    followers,
  }));
}

/**
 * Whether actions of an actor are copied or merged, by its number of followers now. Turning to merging
 * tells all followers first; only then is it noted, so that a run that dies in between tells them again.
 */
async function wayOf(parts: PlannerParts, actor: string): Promise<'copy' | 'merge'> {
  const { progress, follows, plans, settings, now } = parts;
  const [fanOut, followers] = await Promise.all([
    progress.fanOut(actor),
    follows.followerCount(actor),
  ]);
  if (fanOut.mode === 'copy' && followers > settings.fanOutLimit) {
    await plans.send([{ kind: 'merge', actor }]);
    await progress.setFanOut(actor, { mode: 'merge', since: now() });
    return 'merge';
  }
  if (fanOut.mode === 'merge' && followers <= settings.fanOutLimit * copyAgainBelow) {
    await progress.setFanOut(actor, { mode: 'copy', since: now() });
    return 'copy';
  }
  return fanOut.mode;
}

async function planRemovals(
  parts: PlannerParts,
  job: Extract<PlanJob, { kind: 'remove' }>,
): Promise<void> {
  const { progress, privates, chunks, settings } = parts;
  const { actor, ulid } = job;
  if (job.after === undefined) {
    const fanOut = await progress.fanOut(actor);
    // What was posted while the actor was merged was never copied.
    const neverCopied = fanOut.mode === 'merge' && job.postedAt > fanOut.since + clockMarginMs;
    let after: string | undefined;
    for (;;) {
      const { rows, more } = await privates.kept(actor, {
        limit: settings.chunkSize,
        ...(after !== undefined && { after }),
      });
      const last = rows.at(-1);
      if (last === undefined) break;
      const followers = rows.map(({ owner, followId }): [string, string] => [owner, followId]);
      await chunks.send([{ kind: 'remove', ulid, followers }]);
      after = `${last.owner}#${last.followId}`;
      if (!more) break;
    }
    if (neverCopied) return;
  }
  await sendChunks(parts, job, {}, (followers) => ({ kind: 'remove', ulid, followers }));
}

async function planMerges(
  parts: PlannerParts,
  job: Extract<PlanJob, { kind: 'merge' }>,
): Promise<void> {
  const { actor } = job;
  const plannedAt = parts.now();
  await sendChunks(parts, job, {}, (followers) => ({ kind: 'merge', actor, plannedAt, followers }));
}

async function sendChunks(
  { follows, plans, chunks, settings }: PlannerParts,
  job: PlanJob,
  { wanted = () => true }: { wanted?: (link: FollowLink) => boolean },
  chunkOf: (followers: [string, string][]) => ChunkJob,
): Promise<void> {
  const links = await follows.followersOf(job.actor, {
    limit: followersPerRun,
    ...(job.after !== undefined && { after: job.after }),
  });
  const jobs: ChunkJob[] = [];
  const followers = links.filter(wanted).map(pairOf);
  for (let start = 0; start < followers.length; start += settings.chunkSize) {
    jobs.push(chunkOf(followers.slice(start, start + settings.chunkSize)));
  }
  await chunks.send(jobs);
  const last = links.at(-1);
  if (links.length === followersPerRun && last) {
    await plans.send([{ ...job, after: last.followId }]);
  }
}

function pairOf({ ref, followId }: FollowLink): [string, string] {
  return [ref, followId];
}
