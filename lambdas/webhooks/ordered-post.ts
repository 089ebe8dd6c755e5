import type { Delivery } from './delivery.ts';
import { nowOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { countExhausted, makePost } from './make-post.ts';
import type { HookState } from './make-post.ts';
import { nextStep } from './next-step.ts';

/** What the post of a lane's head leads to: the next one's turn, or waiting. */
export type HeadOutcome =
  | { outcome: 'next' }
  | { outcome: 'blocked'; untilMs: number; reserved: boolean };

/** Posts the delivery at the head of a lane once; its row is stored when this returns. */
export async function postHead(
  run: LaneRun,
  state: HookState,
  delivery: Delivery,
): Promise<HeadOutcome> {
  const { parts } = run;
  const body = (await parts.deliveries.payloads([delivery])).get(delivery.ulid);
  // Its payload is gone: so is its time.
  if (body === undefined) {
    await replace(run, { ...delivery, status: 'discarded' });
    return { outcome: 'next' };
  }
  const reserved = run.lane.reserved === true;
  const outcome = await makePost(parts.post, state, { id: delivery.event.id, body, reserved });
  run.lane = { ...run.lane, reserved: undefined };
  if (outcome.outcome === 'deferred') {
    return { outcome: 'blocked', untilMs: outcome.untilMs, reserved: outcome.reserved };
  }
  run.state = outcome.state;
  const { posted } = outcome;
  const { meter, pace } = parts.post;
  if (!posted.attempt.error) meter.count('WebhooksDelivered', 1);
  const { delivery: tried, exhausted } = nextStep(delivery, state.hook, posted, {
    single: false,
    nowMs: nowOf(run),
    random: pace.random,
  });
  // The lane keeps the time of the retry, and is in the due index for it.
  const after = { ...tried, due: undefined };
  await replace(run, after);
  if (after.status === 'pending' && after.nextAttemptAt !== undefined) {
    return { outcome: 'blocked', untilMs: after.nextAttemptAt, reserved: false };
  }
  if (exhausted) {
    meter.count('WebhooksExhausted', 1);
    if (run.state) ({ state: run.state } = await countExhausted(parts.post, run.state, 1));
  }
  return { outcome: 'next' };
}

async function replace(run: LaneRun, delivery: Delivery): Promise<void> {
  await stubbornly(run, async () => run.parts.deliveries.replace(delivery));
}
