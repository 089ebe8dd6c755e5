import type { WorkJob } from '../../../lambdas/push/contract.ts';
import type { Run } from '../../../lambdas/push/runs/run.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';

let lastMs = 1_770_000_000_000;

export function drainOf(run: string, lane = 0): WorkJob {
  return { kind: 'drain', run, host: 'sftp://files.example.org', lane };
}

/** A run that is running, later than those before, with a job for each of so many lanes. */
export function newRun({ lanes = 2, ...more }: Partial<Run> & { lanes?: number } = {}): Run {
  lastMs += 1_000;
  const ulid = randomUlid(lastMs);
  return {
    ulid,
    kind: 'push',
    args: [],
    state: 'running',
    startedMs: lastMs,
    counts: { selected: 0, pushed: 0, failed: 0 },
    messages: [],
    jobs: Array.from({ length: lanes }, (_none, lane) => drainOf(ulid, lane)),
    aliveMs: lastMs,
    revivals: 0,
    ...more,
  };
}
