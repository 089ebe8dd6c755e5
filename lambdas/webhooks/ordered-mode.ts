import type { Delivery } from './delivery.ts';
import type { Hook } from './hook.ts';
import type { LaneWork, ReplayedInOrder, TakenEvent } from './lane-jobs.ts';
import { enabledHook, isOver, nowOf, saveLane } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { hasBatch, hold, settleLane } from './lane-settle.ts';
import { armed, disarmed, isTime, mindEarlyWakes } from './lane-timer.ts';
import { isLater } from './lane.ts';
import { postHead } from './ordered-post.ts';
import { queueReplayed } from './ordered-replay.ts';
import { storeInOrder } from './ordered-take.ts';

/** Entries of the queue that are read at once. */
const queuedAtOnce = 25;

/**
 * Work of a lane whose hook is `ordered`: one delivery at a time, in the order of the messages. The head
 * blocks: while its retry or its turn is waited for, what comes is queued behind it. Without failures the
 * lane itself is never stored.
 */
export async function runOrderedMode(run: LaneRun, hook: Hook, work: LaneWork): Promise<void> {
  if (hasBatch(run.lane)) {
    run.lane = { ...run.lane, lastSequence: work.before };
    await settleLane(run);
  }
  await mindEarlyWakes(run, work.wakes);
  if (isTime(run.lane, nowOf(run))) await advance(run);
  for (const came of inOrder(work)) {
    if ('deliveries' in came) await replayInOrder(run, hook, came);
    else await takeInOrder(run, hook, came);
  }
  if (!enabledHook(run)) await settleLane(run);
}

/** As their messages came. */
function inOrder({ takes, replays }: LaneWork): (TakenEvent | ReplayedInOrder)[] {
  return [...takes, ...replays].toSorted((a, b) => (isLater(a.sequence, b.sequence) ? 1 : -1));
}

async function replayInOrder(run: LaneRun, hook: Hook, replay: ReplayedInOrder): Promise<void> {
  const first = await queueReplayed(run, hook, replay);
  const { lane } = run;
  if (!first || lane.blocked !== undefined) return;
  run.lane = { ...lane, blocked: first.ulid, lastSequence: replay.sequence };
  await advance(run);
}

async function takeInOrder(run: LaneRun, hook: Hook, take: TakenEvent): Promise<void> {
  const delivery = await storeInOrder(run, hook, take);
  const { lane } = run;
  if (!delivery || delivery.ulid === lane.blocked) return;
  if (lane.blocked !== undefined) {
    await run.parts.lanes.enqueue(run.hookUlid, delivery.sequence ?? take.sequence, delivery.ulid);
    return;
  }
  // Messages up to this one need not come again once the lane is stored; later ones are not done yet.
  run.lane = { ...lane, blocked: delivery.ulid, lastSequence: take.sequence };
  await advance(run, delivery);
}

/**
 * Posts the head, and then what is queued behind it, until one has to wait or nothing is left.
 *
 * @param fresh the head, when it has just come to a lane in which nothing waited
 */
async function advance(run: LaneRun, fresh?: Delivery): Promise<void> {
  const { version, wakeAt } = run.lane;
  let head = fresh;
  while (run.lane.blocked !== undefined) {
    const untilMs = await tryHead(run, head ?? (await read(run, run.lane.blocked)));
    if (untilMs !== undefined) {
      await saveLane(run, await armed(run, untilMs));
      return;
    }
    // What waits is for the caller to settle, with the lane as it is.
    if (!enabledHook(run)) return;
    // Nothing is queued behind one that blocked nobody.
    run.lane = { ...run.lane, blocked: head ? undefined : await nextQueued(run) };
    head = undefined;
  }
  run.lane = { ...run.lane, ...disarmed, reserved: undefined };
  if (wakeAt !== undefined || run.lane.version !== version) await saveLane(run);
}

/** Posts the head, if it still waits. @returns when it is to be tried again; nothing when it is done. */
async function tryHead(run: LaneRun, delivery: Delivery | undefined): Promise<number | undefined> {
  const nowMs = nowOf(run);
  const state = await run.parts.hooks.readWithHealth(run.hookUlid);
  run.state = state;
  const hook = enabledHook(run);
  if (delivery?.status !== 'pending' || !hook || !state) return undefined;
  if (delivery.epoch !== hook.epoch) {
    await hold(run, [delivery]);
    return undefined;
  }
  const { nextAttemptAt = 0 } = delivery;
  if (nextAttemptAt > nowMs) return nextAttemptAt;
  if (isOver(run)) return nowMs;
  const posted = await postHead(run, state, delivery);
  if (posted.outcome === 'next') return undefined;
  run.lane = { ...run.lane, reserved: posted.reserved || undefined };
  return posted.untilMs;
}

async function read(run: LaneRun, ulid: string): Promise<Delivery | undefined> {
  return run.parts.deliveries.read(ulid);
}

/** Clears the queue up to the first entry that still waits. */
async function nextQueued(run: LaneRun): Promise<string | undefined> {
  const { lanes, deliveries } = run.parts;
  for (;;) {
    const queued = await lanes.queued(run.hookUlid, queuedAtOnce);
    if (queued.length === 0) return undefined;
    const found = await deliveries.readMany(queued.map(({ delivery }) => delivery));
    for (const { sequence, delivery } of queued) {
      if (found.some(({ ulid, status }) => ulid === delivery && status === 'pending')) {
        return delivery;
      }
      await lanes.dequeue(run.hookUlid, sequence);
    }
  }
}
