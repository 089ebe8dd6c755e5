import type { RunParts } from './run-parts.ts';
import type { Run } from './run.ts';

/** Silence after which a run has lost its jobs or the workers that had them: several renewals of a lane. */
export const silentMs = 90_000;

/** How often a run's jobs are sent again; it may be a job that ends its workers. */
export const maxRevivals = 5;

/**
 * Sends the jobs again of runs of which no worker was seen for a while; after so many times such a run
 * has failed. A job that is there twice does no harm.
 *
 * @returns the runs that go on
 */
export async function revive(
  parts: Pick<RunParts, 'runs' | 'jobs' | 'now'>,
  running: readonly Run[],
): Promise<Run[]> {
  const silent = running.filter(({ aliveMs }) => parts.now() - aliveMs > silentMs);
  const givenUp = silent.filter(({ revivals }) => revivals >= maxRevivals);
  for (const run of silent) {
    if (givenUp.includes(run)) await giveUp(parts, run);
    else if (await parts.runs.revive(run, parts.now())) await parts.jobs.send(run.jobs);
  }
  return running.filter((run) => !givenUp.includes(run));
}

async function giveUp(
  { runs, now }: Pick<RunParts, 'runs' | 'now'>,
  { ulid, jobs, revivals }: Run,
): Promise<void> {
  const why = `given up: no worker was seen after its jobs were sent again ${String(revivals)} times`;
  for (const [index, job] of jobs.entries()) {
    await runs.endJob(ulid, job, { failed: true, ...(index === 0 && { messages: [why] }) }, now());
  }
}
