import { laneLeaseMs, laneRenewalMs } from '../contract.ts';
import type { WorkParts } from './work-parts.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A lane in somebody's hands. */
export interface HeldLane {
  lane: string;
  epoch: number;
  /** Comes when the lane is lost: somebody else may be at work in it. */
  signal: AbortSignal;
}

/** The worker's lane is somebody else's by now, or may be: what it does no longer counts. */
export class LaneLostError extends Error {
  override name = 'LaneLostError';
}

type KeeperParts = Pick<WorkParts, 'lanes' | 'runs' | 'now' | 'pause' | 'log'>;

/**
 * Works in a lane, alone: it is renewed all the time, which is also the sign of life of the run, and
 * released in the end.
 *
 * @returns nothing while somebody else has the lane
 * @throws LaneLostError as soon as the lane is lost, whatever the work does then
 */
export async function inLane<T>(
  parts: KeeperParts,
  { lane, run }: { lane: string; run: string },
  work: (held: HeldLane) => Promise<T>,
): Promise<{ done: T } | undefined> {
  const { lanes, now } = parts;
  const askedMs = now();
  const epoch = await lanes.acquire(lane, askedMs);
  if (epoch === undefined) return undefined;
  const lost = new AbortController();
  const done = new AbortController();
  void keep(parts, { lane, epoch, run, heldSinceMs: askedMs, lost, done: done.signal });
  try {
    const held = { lane, epoch, signal: lost.signal };
    return { done: await unlessAborted(work(held), lost.signal) };
  } finally {
    done.abort();
    await released(parts, lane, epoch);
  }
}

async function keep(
  { lanes, runs, now, pause, log }: KeeperParts,
  held: {
    lane: string;
    epoch: number;
    run: string;
    heldSinceMs: number;
    lost: AbortController;
    done: AbortSignal;
  },
): Promise<void> {
  const { lane, epoch, run, lost, done } = held;
  const lose = (): void => lost.abort(new LaneLostError(`the lane ${lane} is lost`));
  let renewedMs = held.heldSinceMs;
  for (;;) {
    await pause(laneRenewalMs, done);
    if (done.aborted) return;
    try {
      const askedMs = now();
      if (!(await lanes.renew(lane, epoch, askedMs))) {
        lose();
        return;
      }
      renewedMs = askedMs;
      await runs.alive(run, now());
    } catch (error) {
      // The next renewal may come through; without any the lease ends.
      log.warn('a lane was not renewed', { lane, error: asError(error) });
    }
    if (now() - renewedMs > laneLeaseMs - laneRenewalMs) {
      lose();
      return;
    }
  }
}

/** A lane that is not released is free when its lease ends. */
async function released(
  { lanes, log }: Pick<KeeperParts, 'lanes' | 'log'>,
  lane: string,
  epoch: number,
): Promise<void> {
  try {
    await lanes.release(lane, epoch);
  } catch (error) {
    log.warn('a lane was not released', { lane, error: asError(error) });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
