import type { FifoJob } from '../shared/fifo-handler.ts';
import { storeEvents } from './batch-take.ts';
import { runBatchMode } from './batch-mode.ts';
import type { LaneJob } from './contract.ts';
import { laneWork } from './lane-jobs.ts';
import { beginRun, enabledHook, stubbornly } from './lane-run.ts';
import type { LaneParts, LaneRun } from './lane-run.ts';
import { settleLane } from './lane-settle.ts';
import { runOrderedMode } from './ordered-mode.ts';
import { postReplayed } from './ordered-replay.ts';

/**
 * Does what the messages of one hook ask for, all that an invocation got of it, in order. It may be
 * repeated from any point: events that are counted already, timers that are not the live one, and posts
 * that are on record change nothing. What fails for a passing reason is begun again in the same run.
 *
 * @throws TransientError when it keeps failing: the messages have to come again.
 */
export async function workLane(
  parts: LaneParts,
  hookUlid: string,
  jobs: readonly FifoJob<LaneJob>[],
): Promise<void> {
  await stubbornly({ parts }, async () => {
    const run = await beginRun(parts, hookUlid);
    await runOnce(run, jobs);
  });
}

async function runOnce(run: LaneRun, jobs: readonly FifoJob<LaneJob>[]): Promise<void> {
  const hook = run.state?.hook;
  const work = laneWork(run.lane, jobs);
  const mode = hook?.enabled === true ? hook.delivery : undefined;
  const isInOrder = mode?.mode === 'each' && mode.ordered;
  if (hook && isInOrder) return runOrderedMode(run, hook, work);
  if (hook && mode?.mode === 'batch') {
    await runBatchMode(run, hook, mode, work);
  } else {
    // Disabled, gone, or without a lane by now: what came goes the way of what waits.
    if (hook) await storeEvents(run, hook, work);
    else run.lane = { ...run.lane, lastSequence: work.lastSequence };
    await settleLane(run);
  }
  // While the hook is disabled, they stay at rest.
  const enabled = enabledHook(run);
  if (enabled) for (const replay of work.replays) await postReplayed(run, enabled, replay);
}
