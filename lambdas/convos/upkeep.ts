import { clearThread } from './clear-thread.ts';
import type { ClearingParts } from './clear-thread.ts';
import type { UpkeepJob } from './contract.ts';
import { erase } from './erase.ts';
import type { ErasingParts } from './erase.ts';
import { release } from './release.ts';

export type UpkeepParts = ErasingParts & ClearingParts;

/** Time that a job may take before it leaves the rest to a next one, in milliseconds. */
const budgetMs = 30_000;

/** Work behind the API. Every job bears to be done twice, late, or out of order with the others. */
export async function upkeep(parts: UpkeepParts, job: UpkeepJob): Promise<void> {
  const deadlineMs = parts.now() + budgetMs;
  switch (job.kind) {
    case 'clear':
      await clearThread(parts, job, deadlineMs);
      break;
    case 'release':
      await release(parts, job.copies);
      break;
    case 'erase':
      await erase(parts, job, deadlineMs);
      break;
  }
}
