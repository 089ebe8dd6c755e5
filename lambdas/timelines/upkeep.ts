import type { UpkeepJob } from './contract.ts';
import { erase } from './erase.ts';
import { importActions } from './import-actions.ts';
import type { ImportParts } from './import-actions.ts';
import { keepActions } from './keep-actions.ts';
import { rebuildAndGoOn } from './rebuild.ts';
import { removeCopies } from './remove-copies.ts';
import { secondPassDelaySeconds } from './second-pass.ts';
import { trim } from './trim.ts';
import type { PrivateTimelineParts } from './private-timeline.ts';

export type UpkeepParts = PrivateTimelineParts & ImportParts;

/** Time that a job may take before it leaves the rest to a next one, in milliseconds. */
const budgetMs = 40_000;

/** Work on single timelines. Every job bears to be done twice, late, or out of order with the others. */
export async function upkeep(parts: UpkeepParts, job: UpkeepJob): Promise<void> {
  const { now } = parts;
  switch (job.kind) {
    case 'import':
      await importActions(parts, job);
      break;
    case 'clean':
      await clean(parts, job);
      break;
    case 'keep':
      await keepActions(parts, job);
      break;
    case 'trim':
      await trim(parts, job.owner);
      break;
    case 'rebuild':
      await rebuildIfOwed(parts, job);
      break;
    case 'erase':
      await erase(parts, job, now() + budgetMs);
      break;
  }
}

async function clean(
  { privates, jobs }: UpkeepParts,
  job: Extract<UpkeepJob, { kind: 'clean' }>,
): Promise<void> {
  await removeCopies(privates, job);
  // For what chunks of a fan-out under way at the unfollow wrote after this cleaning.
  if (job.pass === 1) await jobs.send([{ ...job, pass: 2 }], secondPassDelaySeconds);
}

async function rebuildIfOwed(
  parts: UpkeepParts,
  job: Extract<UpkeepJob, { kind: 'rebuild' }>,
): Promise<void> {
  const { rebuildOwed } = await parts.privates.head(job.owner);
  if (rebuildOwed) await rebuildAndGoOn(parts, job, parts.now() + budgetMs);
}
