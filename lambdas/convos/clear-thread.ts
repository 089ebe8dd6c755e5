import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import type { ConvoStore } from './convo-store.ts';
import type { UpkeepStore } from './upkeep-store.ts';

export interface ClearingParts {
  store: Pick<ConvoStore, 'copies' | 'side'>;
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
  parts: ClearingParts,
  job: Extract<UpkeepJob, { kind: 'clear' }>,
  deadlineMs: number,
): Promise<void> {
  while (await removeCleared(parts, job)) {
    if (parts.now() > deadlineMs) return parts.jobs.send([job]);
  }
}

/**
 * Removes the oldest of these copies; answers whether there may be more. Only what the side itself says
 * to be deleted goes: one that an erasure removed may be made anew, by a message that was on its way.
 */
export async function removeCleared(
  { store, upkeep }: Pick<ClearingParts, 'store' | 'upkeep'>,
  { owner, thread, upTo }: { owner: string; thread: string; upTo: string },
): Promise<boolean> {
  const side = await store.side(owner, thread);
  const { cleared } = side ?? {};
  if (cleared === undefined) return false;
  const oldest = await store.copies(owner, thread, { order: 'asc', limit: pageSize });
  const deleted = oldest.filter(({ ulid }) => ulid <= upTo && ulid <= cleared);
  await upkeep.removeCopies(deleted);
  return deleted.length === pageSize;
}
