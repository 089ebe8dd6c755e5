import type { WorkJob } from '../contract.ts';
import type { Progress } from '../runs/run-store.ts';
import type { WorkParts } from './work-parts.ts';

/** How a job of a mass run ends. */
export type JobEnd = Progress & {
  failed: boolean;
  /** Jobs that follow; without any the run has ended. */
  next: readonly WorkJob[];
};

/**
 * Ends a job of a mass run, and has those that follow done. They are stored before they are sent, so a
 * death in between leaves something to be revived.
 */
export async function endAndGoOn(
  { runs, jobs, now }: Pick<WorkParts, 'runs' | 'jobs' | 'now'>,
  job: WorkJob,
  end: JobEnd,
): Promise<void> {
  await runs.endJob(job.run, job, end, now());
  if (end.next.length > 0) await jobs.send(end.next);
}

export function sendJob(run: string, target: string): WorkJob {
  return { kind: 'send', run, target };
}
