import type { WorkJob } from '../contract.ts';

export type RunState = 'running' | 'done' | 'failed';

/**
 * Of a run of the queue: rows taken, pushed, and failed. Of a mass run: items, targets that have all
 * files, and what failed of either.
 */
export interface Counts {
  selected: number;
  pushed: number;
  failed: number;
}

/** A run of the queue, or of a mass rule. */
export interface Run {
  ulid: string;
  kind: 'push' | 'mass';
  rule?: string;
  args: readonly string[];
  state: RunState;
  startedMs: number;
  finishedMs?: number;
  counts: Counts;
  /** Oldest first; of very many the newest. */
  messages: readonly string[];
  /** Jobs that have not ended. The last to end ends the run. */
  jobs: readonly WorkJob[];
  /** When a worker of it was last seen. */
  aliveMs: number;
  /** When its jobs were last sent again because no worker was seen. */
  revivedMs?: number;
  /** How often that was although a worker had been seen since they were sent: workers that ended. */
  revivals: number;
}

const prefix = 'run_';
const idPattern = /^run_([0-9A-HJKMNP-TV-Z]{26})$/;

export function runId(ulid: string): string {
  return `${prefix}${ulid}`;
}

/** The ULID of an id, or nothing when it is none. */
export function ulidOfRunId(id: string): string | undefined {
  return idPattern.exec(id)?.[1];
}
