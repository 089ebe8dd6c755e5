import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import { copiesFor, settleStored, writeAndSettle } from './copies.ts';
import type { CopyParts } from './copies.ts';
import { secondPassDelaySeconds } from './second-pass.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface KeepParts extends CopyParts {
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
}

/**
 * The follow ended and its actions stay (`removeOnUnfollow` off). Brings what was posted before the end
 * and had not arrived yet, because fan-out asks for living follows; takes out what was posted after;
 * and notes whose copies they are, for deletions and erasures, which no longer find this follower.
 */
export async function keepActions(
  parts: KeepParts,
  job: Extract<UpkeepJob, { kind: 'keep' }>,
): Promise<void> {
  const { privates, progress, jobs } = parts;
  const { owner, actor, followId, again = false } = job;
  const via = { owner, actor, followId, until: Date.parse(job.endedAt) };

  // First noted, then looked at: a deletion either finds the note or is found by the look.
  if (!again) await privates.keep(actor, { owner, followId });
  const { merged } = await privates.head(owner);
  const { mode } = await progress.fanOut(actor);
  if (mode === 'merge' || merged.some((one) => one.followId === followId)) {
    await privates.writeMerged([via]);
  }
  if (mode === 'copy') await writeAndSettle(parts, await copiesFor(parts, via));
  await settleStored(parts, via);
  if (!again) await jobs.send([{ ...job, again: true }], secondPassDelaySeconds);
}
