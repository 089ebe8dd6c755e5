import * as z from 'zod';
import { keys, partitions, workJob } from '../contract.ts';
import type { KeptRun } from './run-changes.ts';

/** Time for which runs are kept. */
const keptSeconds = 30 * 86_400;

const count = z.int().min(0);

const itemSchema = z.object({
  ulid: z.ulid(),
  kind: z.enum(['push', 'mass']),
  rule: z.string().optional(),
  args: z.array(z.string()),
  state: z.enum(['running', 'done', 'failed']),
  startedMs: count,
  finishedMs: count.optional(),
  counts: z.object({ selected: count, pushed: count, failed: count }),
  messages: z.array(z.string()),
  jobs: z.array(workJob),
  hasFailedJob: z.boolean().optional(),
  aliveMs: count,
  revivedMs: count.optional(),
  revivals: count,
  version: z.int().min(1),
  writes: z.array(z.string()),
  revivedBy: z.string().optional(),
});

/** A run with what tells its writes apart. */
export interface RunItem {
  run: KeptRun;
  /** One more with each write that follows on what was read. */
  version: number;
  /** Nonces of the newest of them, the oldest first. */
  writes: string[];
  /** Nonce of the last revival. */
  revivedBy?: string | undefined;
}

/** A run as it is stored at first. */
export function newRunItem(run: KeptRun) {
  return {
    ...keys.run(run.ulid),
    ...run,
    version: 1,
    writes: [],
    listKey: partitions.runs,
    ...(run.state === 'running' && { statusKey: partitions.running }),
    expiresAt: Math.floor(run.startedMs / 1_000) + keptSeconds,
  };
}

export function runItemOf(item: unknown): RunItem {
  const { version, writes, revivedBy, ...run } = itemSchema.parse(item);
  return { run, version, writes, revivedBy };
}
