import { laneLeaseMs } from '../contract.ts';
import { wasBegun } from './run-changes.ts';
import type { RunParts } from './run-parts.ts';
import type { Run } from './run.ts';

/** How often a run's jobs are sent again after its workers ended; it may be a job that ends them. */
export const maxRevivals = 5;

/** How long a run waits for a worker to begin. All may be busy; jobs that wait are not lost. */
export const idleWithinMs = 6 * 3_600_000;

/**
 * Sends the jobs again of runs whose workers have ended, as nobody can have a lane after such a silence,
 * or which none has begun; that, after pauses that double. In the end such a run has failed. A job that
 * is there twice does no harm.
 *
 * @returns the runs that go on
 */
export async function revive(
  parts: Pick<RunParts, 'runs' | 'jobs' | 'now'>,
  running: readonly Run[],
): Promise<Run[]> {
  const givenUp: Run[] = [];
  for (const run of running.filter((one) => isSilent(one, parts.now()))) {
    const why = whyGivenUp(run, parts.now());
    if (why !== undefined) {
      givenUp.push(run);
      await giveUp(parts, run, why);
    } else if (await parts.runs.revive(run, parts.now())) {
      await parts.jobs.send(run.jobs);
    }
  }
  return running.filter((run) => !givenUp.includes(run));
}

function isSilent(run: Run, nowMs: number): boolean {
  const { aliveMs, revivedMs = aliveMs } = run;
  if (wasBegun(run)) return nowMs - aliveMs > laneLeaseMs;
  return nowMs - revivedMs > Math.max(laneLeaseMs, revivedMs - aliveMs);
}

function whyGivenUp(run: Run, nowMs: number): string | undefined {
  const { revivals, aliveMs } = run;
  if (!wasBegun(run)) {
    const isOver = nowMs - aliveMs > idleWithinMs;
    return isOver ? 'no worker has begun for six hours' : undefined;
  }
  if (revivals < maxRevivals) return undefined;
  return `workers ended, after its jobs were sent again ${String(revivals)} times`;
}

async function giveUp(
  { runs, now }: Pick<RunParts, 'runs' | 'now'>,
  { ulid, jobs }: Run,
  why: string,
): Promise<void> {
  const messages = [`given up: ${why}`];
  for (const [index, job] of jobs.entries()) {
    await runs.endJob(ulid, job, { failed: true, ...(index === 0 && { messages }) }, now());
  }
}
