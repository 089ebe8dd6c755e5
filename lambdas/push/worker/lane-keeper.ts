import { laneLeaseMs, laneRenewalMs } from '../contract.ts';
import type { RunStore } from '../runs/run-store.ts';
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

type KeeperParts = Pick<WorkParts, 'lanes' | 'now' | 'pause' | 'log'> & {
  runs: Pick<RunStore, 'alive'>;
};

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

interface Keeping {
  lane: string;
  epoch: number;
  run: string;
  heldSinceMs: number;
  lost: AbortController;
  done: AbortSignal;
}

/** The lane is given up this long before it may be somebody else's. */
const marginMs = laneRenewalMs;

async function keep(parts: KeeperParts, keeping: Keeping): Promise<void> {
  const { now, pause } = parts;
  const { lane, lost, done } = keeping;
  let renewedMs = keeping.heldSinceMs;
  for (;;) {
    await pause(laneRenewalMs, done);
    if (done.aborted) return;
    void tellOfLife(parts, keeping.run);
    const askedMs = now();
    // A renewal that hangs must not hide that the lease ends.
    const renewal = await within(parts, renewedMs + laneLeaseMs - marginMs - askedMs, {
      outcome: renewed(parts, keeping, askedMs),
      done,
    });
    if (renewal === 'renewed') renewedMs = askedMs;
    // One that failed may come through the next time; without any the lease ends.
    const isOver = now() - renewedMs >= laneLeaseMs - marginMs;
    if (renewal === 'lost' || isOver) {
      lost.abort(new LaneLostError(`the lane ${lane} is lost`));
      return;
    }
  }
}

async function within<T>(
  { pause }: Pick<KeeperParts, 'pause'>,
  milliseconds: number,
  { outcome, done }: { outcome: Promise<T>; done: AbortSignal },
): Promise<T | undefined> {
  const settled = new AbortController();
  try {
    const over = pause(milliseconds, AbortSignal.any([done, settled.signal]));
    return await Promise.race([outcome, over.then(() => undefined)]);
  } finally {
    settled.abort();
  }
}

async function renewed(
  { lanes, log }: KeeperParts,
  { lane, epoch }: Keeping,
  nowMs: number,
): Promise<'renewed' | 'lost' | 'unknown'> {
  try {
    return (await lanes.renew(lane, epoch, nowMs)) ? 'renewed' : 'lost';
  } catch (error) {
    log.warn('a lane was not renewed', { lane, error: asError(error) });
    return 'unknown';
  }
}

/** Without it for long, the run's jobs are sent again. */
async function tellOfLife({ runs, now, log }: KeeperParts, run: string): Promise<void> {
  try {
    await runs.alive(run, now());
  } catch (error) {
    log.warn('a run got no sign of life', { run, error: asError(error) });
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
