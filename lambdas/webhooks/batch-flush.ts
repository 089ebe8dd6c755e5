import { recordable } from './attempt-record.ts';
import { exhaust, failBatch } from './batch-failure.ts';
import { batchPost } from './batch-post.ts';
import { waitingPage } from './batch-waiting.ts';
import type { WaitingPage } from './batch-waiting.ts';
import type { Flush, Lane } from './lane.ts';
import { enabledHook, expiryOf, isOver, nowOf, saveLane, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { hold } from './lane-settle.ts';
import { armed, disarmed } from './lane-timer.ts';
import { makePost } from './make-post.ts';
import type { HookState } from './make-post.ts';

/**
 * Takes everything stored out for posting. From here on it is fixed what goes: a death and a repeat
 * make the same posts.
 */
export async function beginFlush(run: LaneRun, oldest: string): Promise<void> {
  const { batch, stored } = run.lane;
  await saveLane(run, {
    flush: { upTo: batch, oldest, stored },
    batch: batch + 1,
    stored: 0,
    oldest: undefined,
    since: undefined,
    ...disarmed,
  });
}

/**
 * Goes on with the flush of the lane until everything is posted, one post fails, its turn has not come,
 * or the time is over. A hook that is disabled or gone ends it: what waits is for the caller to settle.
 */
export async function goOnWithFlush(run: LaneRun): Promise<void> {
  for (let first = true; run.lane.flush; first = false) {
    const { flush, hookUlid, parts } = { ...run, flush: run.lane.flush, parts: run.parts };
    if (!first) run.state = await parts.hooks.readWithHealth(hookUlid);
    if (flush.exhausted && run.state) {
      await exhaust(run, run.state.hook, flush, flush.exhausted);
      continue;
    }
    const hook = enabledHook(run);
    if (!hook || !run.state) return;
    const from = flush.after ?? flush.oldest;
    const page = await waitingPage(parts.deliveries, run.lane, { from, upTo: flush.upTo });
    const held = page.deliveries.filter(({ epoch }) => epoch !== hook.epoch);
    if (page.deliveries.length === 0) {
      await saveLane(run, finished(flush));
    } else if (held.length > 0) {
      await hold(run, held);
    } else if (isOver(run)) {
      await saveLane(run, await armed(run, nowOf(run)));
      return;
    } else if (!(await postPage(run, run.state, flush, page))) {
      return;
    }
  }
}

/** Whether the flush goes on. */
async function postPage(
  run: LaneRun,
  state: HookState,
  flush: Flush,
  page: WaitingPage,
): Promise<boolean> {
  const post = batchPost(page.deliveries);
  const reserved = run.lane.reserved === true;
  const outcome = await makePost(run.parts.post, state, { ...post, reserved });
  if (outcome.outcome === 'deferred') {
    const timer = await armed(run, outcome.untilMs);
    await saveLane(run, { ...timer, reserved: outcome.reserved || undefined });
    return false;
  }
  const { posted } = outcome;
  run.state = outcome.state;
  const first = page.deliveries[0]?.ulid ?? flush.oldest;
  const last = page.deliveries.at(-1)?.ulid ?? first;
  await stubbornly(run, async () =>
    run.parts.lanes.record(run.hookUlid, {
      batch: flush.upTo,
      id: post.id,
      first,
      last,
      attempt: recordable(posted.attempt),
      expiresAt: expiryOf(run, 'retention'),
    }),
  );
  if (posted.attempt.error) {
    await failBatch(run, state.hook, flush, { first, last, posted });
    return true;
  }
  run.parts.post.meter.count('WebhooksDelivered', page.deliveries.length);
  const stored = Math.max(0, flush.stored - page.deliveries.length);
  await saveLane(
    run,
    page.more
      ? { flush: { ...flush, after: last, stored }, failures: 0, reserved: undefined, ...disarmed }
      : finished(flush),
  );
  return true;
}

function finished({ upTo }: Flush): Partial<Lane> {
  return {
    from: upTo + 1,
    flush: undefined,
    done: undefined,
    failures: 0,
    reserved: undefined,
    ...disarmed,
  };
}
