import type { Lane } from './lane.ts';
import { nowOf } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { delaySecondsUntil, isBeyondQueue } from './schedule-later.ts';

/** What a lane says while nothing will wake it. */
export const disarmed = { wakeAt: undefined, due: undefined } satisfies Partial<Lane>;

/**
 * Arms the one live timer of a lane; the answer is to be stored with it. The message is sent before: after
 * a death in between it comes to a lane that doesn't know it, and counts for nothing.
 */
export async function armed(run: LaneRun, atMs: number): Promise<Pick<Lane, 'wakeAt' | 'due'>> {
  const wakeAt = Math.ceil(atMs);
  if (isBeyondQueue(wakeAt, nowOf(run))) return { wakeAt, due: true };
  const delaySeconds = delaySecondsUntil(wakeAt, nowOf(run));
  const wake = { kind: 'wake', hook: run.hookUlid, at: wakeAt } as const;
  // SQS's FIFO queues cannot delay: what waits takes the way through the other queue.
  if (delaySeconds > 0) await run.parts.postJobs.send([wake], delaySeconds);
  else await run.parts.laneJobs.send([wake]);
  return { wakeAt, due: undefined };
}

/**
 * Whether a lane's timer has run out. Its message need not have come: any message after that time does,
 * and then the late one finds another timer or none.
 */
export function isTime({ wakeAt }: Lane, nowMs: number): boolean {
  return wakeAt !== undefined && wakeAt <= nowMs;
}

/** Sends the lane's timer again when its message came before its time. */
export async function mindEarlyWakes(run: LaneRun, wakes: readonly number[]): Promise<void> {
  const { wakeAt, due } = run.lane;
  if (wakeAt === undefined || !wakes.includes(wakeAt) || isTime(run.lane, nowOf(run))) return;
  const timer = await armed(run, wakeAt);
  if (timer.due && !due) run.lane = { ...run.lane, ...timer };
}
