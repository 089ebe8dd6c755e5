import type { Page } from '../page.ts';
import type { WorkJob } from '../contract.ts';
import type { Counts, Run } from './run.ts';

/** What a job adds to its run. */
export interface Progress {
  counts?: Partial<Counts>;
  messages?: readonly string[];
}

export interface RunStore {
  /** Once: a run that is there stays as it is. */
  create(run: Run): Promise<void>;
  /** By a consistent read. */
  get(ulid: string): Promise<Run | undefined>;
  /** Newest first. */
  list(page: { after: string | undefined; limit: number }): Promise<Page<Run>>;
  /** Those that are running, oldest first; may lag by moments. */
  running(): Promise<Run[]>;
  /** Adds to a run that is running, and that a worker was seen. */
  progress(ulid: string, progress: Progress, nowMs: number): Promise<void>;
  /** A worker was seen. */
  alive(ulid: string, nowMs: number): Promise<void>;
  /** Its jobs are sent again; it counts when a worker was seen since they were last. @returns false when somebody else does that, or a worker was seen since */
  revive(run: Run, nowMs: number): Promise<boolean>;
  /**
   * Ends a job of a run, and puts those that follow in its place; without jobs the run has ended:
   * `failed` when any of its jobs failed, otherwise `done`. Nothing for a job that has ended before.
   */
  endJob(
    ulid: string,
    job: WorkJob,
    end: Progress & { failed?: boolean; next?: readonly WorkJob[] },
    nowMs: number,
  ): Promise<void>;
}
