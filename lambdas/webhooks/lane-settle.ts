import { exhaust } from './batch-failure.ts';
import type { Delivery } from './delivery.ts';
import { waitingPage } from './batch-waiting.ts';
import type { Lane } from './lane.ts';
import { expiryOf, isOver, nowOf, saveLane, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { postSingly } from './lane-single.ts';
import { armed, disarmed } from './lane-timer.ts';
import { atOnce } from '../shared/at-once.ts';
import { firstWaiting } from './first-waiting.ts';

/** Queued deliveries that are settled at once. */
const queuedAtOnce = 100;

/** Whether something waits in a lane for a batch. */
export function hasBatch({ oldest, flush }: Pick<Lane, 'oldest' | 'flush'>): boolean {
  return oldest !== undefined || flush !== undefined;
}

/**
 * Empties a lane of all that waits in it, for batches and in order, by what its hook is now: held while it
 * is disabled, discarded when it is gone, and otherwise handed to the post worker singly. Stores the lane
 * unless there is nothing to say. What cannot be done in this run is begun again by the lane's timer.
 *
 * @param again has it begun again another way
 * @returns whether the lane is empty
 */
export async function settleLane(run: LaneRun, again?: () => Promise<void>): Promise<boolean> {
  const { lane } = run;
  const isIdle = !hasBatch(lane) && lane.blocked === undefined && lane.wakeAt === undefined;
  if (isIdle && lane.failures === 0) return true;
  const isEmpty = (await emptyBatch(run)) && (await emptyQueue(run));
  if (!isEmpty) {
    if (again) await again();
    else await saveLane(run, await armed(run, nowOf(run)));
    return false;
  }
  const { batch } = run.lane;
  await saveLane(run, {
    batch: batch + 1,
    from: batch + 1,
    stored: 0,
    oldest: undefined,
    since: undefined,
    uncounted: undefined,
    flush: undefined,
    done: undefined,
    failures: 0,
    blocked: undefined,
    reserved: undefined,
    expiresAt: run.state ? undefined : expiryOf(run, 'retention'),
    ...disarmed,
  });
  return true;
}

async function emptyBatch(run: LaneRun): Promise<boolean> {
  const { flush: begun } = run.lane;
  // A run gave its events up, and died before that was on record.
  if (begun?.exhausted && run.state) await exhaust(run, run.state.hook, begun, begun.exhausted);
  const { batch } = run.lane;
  const from = firstWaiting(run.lane);
  if (from === undefined) return true;
  for (;;) {
    if (isOver(run)) return false;
    const page = await waitingPage(run.parts.deliveries, run.lane, { from, upTo: batch });
    if (page.deliveries.length === 0) return true;
    await settle(run, page.deliveries);
  }
}

async function emptyQueue(run: LaneRun): Promise<boolean> {
  const { lanes, deliveries } = run.parts;
  const { hookUlid } = run;
  const { blocked } = run.lane;
  if (blocked === undefined) return true;
  await settle(run, await deliveries.readMany([blocked]));
  for (;;) {
    if (isOver(run)) return false;
    const queued = await lanes.queued(hookUlid, queuedAtOnce);
    if (queued.length === 0) return true;
    const ulids = queued.map(({ delivery }) => delivery);
    const found = await deliveries.readMany(ulids);
    await settle(
      run,
      found.toSorted((a, b) => ulids.indexOf(a.ulid) - ulids.indexOf(b.ulid)),
    );
    await atOnce(queued, async ({ sequence }) => lanes.dequeue(hookUlid, sequence));
  }
}

async function settle(run: LaneRun, found: readonly Delivery[]): Promise<void> {
  const hook = run.state?.hook;
  const waiting = found.filter(({ status }) => status === 'stored' || status === 'pending');
  const isHeld = ({ epoch }: Delivery) => hook && (!hook.enabled || epoch !== hook.epoch);
  const held = waiting.filter(isHeld);
  const others = waiting.filter((delivery) => !isHeld(delivery));
  await hold(run, held);
  if (hook) await postSingly(run, others, hook.epoch);
  else await atOnce(others, async (delivery) => discard(run, delivery));
}

/** Keeps deliveries, whose hook was disabled, for a replay. */
export async function hold(run: LaneRun, deliveries: readonly Delivery[]): Promise<void> {
  const expiresAt = expiryOf(run, 'held');
  await atOnce(deliveries, async (delivery) =>
    replaceWaiting(run, { ...delivery, status: 'held', expiresAt }),
  );
}

async function discard(run: LaneRun, delivery: Delivery): Promise<void> {
  await replaceWaiting(run, { ...delivery, status: 'discarded' });
}

/** One that somebody else has changed meanwhile is looked at again, or waits no more. */
async function replaceWaiting(run: LaneRun, delivery: Delivery): Promise<void> {
  const settled = { ...delivery, nextAttemptAt: undefined, due: undefined, turn: undefined };
  await stubbornly(run, async () => run.parts.deliveries.replace(settled));
}
