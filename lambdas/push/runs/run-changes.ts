import type { WorkJob } from '../contract.ts';
import type { Counts, Run } from './run.ts';
import type { Progress } from './run-store.ts';
import { keptMessages } from './run-messages.ts';

/** A run as it is stored: whether one of its jobs failed shows only when the last has ended. */
export type KeptRun = Run & { hasFailedJob?: boolean };

type JobEnd = Progress & { failed?: boolean; next?: readonly WorkJob[] };

/** A run with what a job adds to it, or nothing when it has ended. */
export function progressedRun(
  run: KeptRun,
  progress: Progress,
  nowMs: number,
): KeptRun | undefined {
  if (run.state !== 'running') return undefined;
  return {
    ...run,
    counts: added(run.counts, progress.counts),
    messages: keptMessages([...run.messages, ...(progress.messages ?? [])]),
    aliveMs: Math.max(run.aliveMs, nowMs),
  };
}

/** Whether a worker was seen since the jobs of a run were last sent. */
export function wasBegun({ aliveMs, revivedMs, startedMs }: Run): boolean {
  return aliveMs > (revivedMs ?? startedMs);
}

/** A run whose jobs are sent again. */
export function revivedRun(run: Run, nowMs: number): Pick<Run, 'revivedMs' | 'revivals'> {
  return { revivedMs: nowMs, revivals: run.revivals + Number(wasBegun(run)) };
}

/** A run without a job that ended, or nothing when that one has ended before. */
export function runAfterJob(
  run: KeptRun,
  job: WorkJob,
  { failed = false, next = [], ...progress }: JobEnd,
  nowMs: number,
): KeptRun | undefined {
  const others = run.jobs.filter((one) => textOf(one) !== textOf(job));
  if (others.length === run.jobs.length) return undefined;
  const progressed = progressedRun(run, progress, nowMs);
  if (progressed === undefined) return undefined;
  const jobs = [...others, ...next];
  const hasFailedJob = failed || run.hasFailedJob === true;
  const after = { ...progressed, jobs, ...(hasFailedJob && { hasFailedJob }) };
  if (jobs.length > 0) return after;
  return { ...after, state: hasFailedJob ? 'failed' : 'done', finishedMs: nowMs };
}

function added(counts: Counts, more: Partial<Counts> = {}): Counts {
  return {
    selected: counts.selected + (more.selected ?? 0),
    pushed: counts.pushed + (more.pushed ?? 0),
    failed: counts.failed + (more.failed ?? 0),
  };
}

/** The same for the same job, in whatever order its parts come. */
function textOf(job: WorkJob): string {
  const parts = Object.entries(job).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(parts);
}
