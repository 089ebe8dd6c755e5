import { waitingPage } from './batch-waiting.ts';
import { isCounted, waitsInLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { enabledHook, saveLane } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { settleLane } from './lane-settle.ts';
import { postSingly } from './lane-single.ts';
import { firstWaiting } from './first-waiting.ts';

/**
 * Takes events out of their batch and has each posted by itself: these, or all. What is being posted
 * already, or has been, stays where it is. All may be more than a run has time for: another message goes on.
 */
export async function takeOut(run: LaneRun, ulids: readonly string[] | undefined): Promise<void> {
  const hook = enabledHook(run);
  if (!hook) return;
  if (!ulids) {
    const all = { kind: 'single', hook: run.hookUlid } as const;
    await settleLane(run, async () => run.parts.laneJobs.send([all]));
    return;
  }
  const { deliveries } = run.parts;
  const taken = (await deliveries.readMany(ulids)).filter(
    (delivery) =>
      delivery.hook === run.hookUlid &&
      delivery.status === 'stored' &&
      delivery.epoch === hook.epoch &&
      waitsInLane(delivery, run.lane) &&
      isCounted(run.lane, delivery.sequence ?? ''),
  );
  if (taken.length === 0) return;
  const inOrder = taken.toSorted((a, b) => (a.ulid < b.ulid ? -1 : 1));
  await postSingly(run, inOrder, hook.epoch);
  const { lane } = run;
  const { flush } = lane;
  const ofFlush = flush ? taken.filter(({ batch = 0 }) => batch <= flush.upTo).length : 0;
  const stored = Math.max(0, lane.stored - (taken.length - ofFlush));
  const rest: Lane = {
    ...lane,
    stored,
    ...(flush && { flush: { ...flush, stored: Math.max(0, flush.stored - ofFlush) } }),
  };
  if (await isEmpty(run, rest)) await settleLane(run);
  else await saveLane(run, rest);
}

/** Whether nothing waits any more: then no timer may be left, and no failure count. */
async function isEmpty(run: LaneRun, lane: Lane): Promise<boolean> {
  const from = firstWaiting(lane);
  if (from === undefined) return true;
  const page = await waitingPage(run.parts.deliveries, lane, { from, upTo: lane.batch });
  return page.deliveries.length === 0;
}
