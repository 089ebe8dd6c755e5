import { beginFlush, goOnWithFlush } from './batch-flush.ts';
import { takeOut } from './batch-single.ts';
import { storeEvents } from './batch-take.ts';
import type { DeliveryMode, Hook } from './hook.ts';
import type { LaneWork } from './lane-jobs.ts';
import { enabledHook, isOver, nowOf, saveLane } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { settleLane } from './lane-settle.ts';
import { armed, disarmed, isTime, mindEarlyWakes } from './lane-timer.ts';
import type { Lane } from './lane.ts';

type BatchMode = Extract<DeliveryMode, { mode: 'batch' }>;

/**
 * Work of a lane whose hook is in batch mode: stores what came, and posts what waits when there is enough
 * of it or it has waited long enough. With a `size` the lane is stored once in a run, as it counts; with
 * `time` alone only when the first event comes.
 */
export async function runBatchMode(
  run: LaneRun,
  hook: Hook,
  mode: BatchMode,
  work: LaneWork,
): Promise<void> {
  // From the time when the hook was `ordered`.
  if (run.lane.blocked !== undefined) await settleLane(run);
  const isChanged = await storeEvents(run, hook, work);
  const { version } = run.lane;
  await mindEarlyWakes(run, work.wakes);
  if (isUnderWay(run)) await goOnWithFlush(run);
  for (const { deliveries } of work.singles) await takeOut(run, deliveries);
  await flushWhatIsDue(run, mode);
  if (!enabledHook(run)) await settleLane(run);
  else if (isChanged && run.lane.version === version) await saveLane(run);
}

/** A flush that died or had no time left; not one that waits for its turn. */
function isUnderWay(run: LaneRun): boolean {
  const { flush, wakeAt } = run.lane;
  return flush !== undefined && (wakeAt === undefined || isTime(run.lane, nowOf(run)));
}

async function flushWhatIsDue(run: LaneRun, mode: BatchMode): Promise<void> {
  while (!run.lane.flush && enabledHook(run)) {
    const { lane } = run;
    const { oldest } = lane;
    const next = nextFlush(lane, mode);
    const isDue = next !== undefined && next <= nowOf(run);
    if (!isDue || oldest === undefined || isOver(run)) {
      const wakeAt = isDue && oldest !== undefined ? nowOf(run) : next;
      if (wakeAt === lane.wakeAt) return;
      await saveLane(run, wakeAt === undefined ? disarmed : await armed(run, wakeAt));
      return;
    }
    await beginFlush(run, oldest);
    await goOnWithFlush(run);
  }
}

/** When everything stored is to be posted, milliseconds since the epoch; 0 is at once. */
function nextFlush(
  { oldest, stored, since, failures, wakeAt }: Lane,
  { size, time }: BatchMode,
): number | undefined {
  if (oldest === undefined) return undefined;
  // What came since a failure waits with it for the interval.
  if (failures > 0) return wakeAt ?? 0;
  if (size !== undefined && stored >= size) return 0;
  return time === undefined || since === undefined ? undefined : since + time * 1000;
}
