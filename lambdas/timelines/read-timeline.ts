import type { JobQueue } from '../shared/job-queue.ts';
import { noteRead } from './activity.ts';
import type { UpkeepJob } from './contract.ts';
import { PrivateTimeline, endedFollows } from './private-timeline.ts';
import type { PrivateTimelineParts } from './private-timeline.ts';
import { rebuildAndGoOn } from './rebuild.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface ReadingParts extends PrivateTimelineParts {
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
}

/** Time that a reader waits for a rebuild before it gets what is there, in milliseconds. */
const rebuildWaitMs = 8_000;

/**
 * Opens a private timeline for its reader: notes the read, and first rebuilds a timeline that was
 * skipped while nobody read it. A rebuild too long to wait for goes on as a job.
 */
export async function readTimeline(parts: ReadingParts, owner: string): Promise<PrivateTimeline> {
  const { privates, now } = parts;
  const [head, ended] = await Promise.all([privates.head(owner), endedFollows(parts, owner)]);
  const { duty, touched } = await noteRead(parts, owner, head);
  // Once a day for a timeline that is read; others get no rows to trim.
  if (touched && head.lastReadAt !== undefined) await askForTrim(parts, owner);
  if (duty === 'none') return new PrivateTimeline(parts, owner, head, ended);
  await rebuildAndGoOn(parts, { owner }, now() + rebuildWaitMs);
  return new PrivateTimeline(parts, owner, await privates.head(owner), ended);
}

/** A reader does not wait for a trim, and gets its answer without one: the next comes tomorrow. */
async function askForTrim({ jobs, log }: ReadingParts, owner: string): Promise<void> {
  try {
    await jobs.send([{ kind: 'trim', owner }]);
  } catch (error) {
    log.warn('trim not asked for', { error });
  }
}
