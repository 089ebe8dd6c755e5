import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import type { ConvoStore } from './convo-store.ts';
import type { UpkeepStore } from './upkeep-store.ts';

export interface ClearingParts {
  store: Pick<ConvoStore, 'copies'>;
  upkeep: Pick<UpkeepStore, 'removeCopies'>;
  jobs: JobQueue<UpkeepJob>;
  now: Clock;
}

/** Copies removed at a time. */
const pageSize = 100;

/**
 * Removes the copies of a thread that its owner deleted. They are out of sight already; a run that
 * died or has no time left is followed by another, which finds what is left.
 */
export async function clearThread(
  { store, upkeep, jobs, now }: ClearingParts,
  job: Extract<UpkeepJob, { kind: 'clear' }>,
  deadlineMs: number,
): Promise<void> {
  const { owner, thread, upTo } = job;
  for (;;) {
    const oldest = await store.copies(owner, thread, { order: 'asc', limit: pageSize });
    const deleted = oldest.filter(({ ulid }) => ulid <= upTo);
    await upkeep.removeCopies(deleted);
    if (deleted.length < pageSize) return;
    if (now() > deadlineMs) return jobs.send([job]);
  }
}
