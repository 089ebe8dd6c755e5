import type { UpkeepJob } from './contract.ts';
import { erase, sweep } from './erase.ts';
import type { ErasingParts } from './erase.ts';

/** Time that a job may take before it leaves the rest to a next one, in milliseconds. */
const budgetMs = 30_000;

/** Work behind the API. Every job bears to be done twice, late, or out of order with the others. */
export async function upkeep(parts: ErasingParts, job: UpkeepJob): Promise<void> {
  const deadlineMs = parts.now() + budgetMs;
  switch (job.kind) {
    case 'erase':
      await erase(parts, job, deadlineMs);
      break;
    case 'sweep':
      await sweep(parts, job, deadlineMs);
      break;
  }
}
