import { batchAttempts } from './batch-attempts.ts';
import { waitingPage } from './batch-waiting.ts';
import type { Hook } from './hook.ts';
import { doneBy } from './lane.ts';
import type { Done, Flush, Lane } from './lane.ts';
import { nowOf, saveLane, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { armed } from './lane-timer.ts';
import { atOnce } from '../shared/at-once.ts';
import { countExhausted } from './make-post.ts';
import { goneStatus, isGone } from './poster.ts';
import type { Posted } from './poster.ts';
import { retryDelayMs } from './retry-schedule.ts';

/** A post of a batch that failed. */
export interface FailedBatch {
  /** First and last delivery of it. */
  first: string;
  last: string;
  posted: Posted;
}

/**
 * What a failed post of a batch leads to: with retries left all that waits goes along with the next
 * one, and what comes meanwhile too; without, or after a 410, the events of this post are given up. What
 * had no room in it goes on, with retries of its own, while the hook is enabled.
 */
export async function failBatch(
  run: LaneRun,
  hook: Hook,
  flush: Flush,
  { first, last, posted }: FailedBatch,
): Promise<void> {
  const { lane } = run;
  const { random } = run.parts.post.pace;
  const { attempt, retryAfterSeconds } = posted;
  const gone = isGone(attempt);
  // A batch without a policy of its own has no retries.
  const delayMs =
    hook.retry && !gone
      ? retryDelayMs(hook.retry, lane.failures, { retryAfterSeconds, random })
      : undefined;
  if (typeof delayMs === 'number') {
    const timer = await armed(run, nowOf(run) + delayMs);
    await saveLane(run, { ...rejoined(lane, flush, first, nowOf(run)), ...timer });
    return;
  }
  const exhausted = { through: last, lastStatus: attempt.status ?? null };
  await saveLane(run, { flush: { ...flush, exhausted }, reserved: undefined });
  if (run.state && !gone) await countExhausted(run.parts.post, run.state, 1);
}

/** The lane after a failure: what is left of the flush waits together with what came since. */
function rejoined(lane: Lane, flush: Flush, first: string, nowMs: number): Partial<Lane> {
  return {
    flush: undefined,
    done: withoutCovered([...(lane.done ?? []), ...doneBy(flush)]),
    stored: lane.stored + flush.stored,
    oldest: lane.oldest !== undefined && lane.oldest < first ? lane.oldest : first,
    since: lane.since ?? nowMs,
    failures: lane.failures + 1,
    reserved: undefined,
  };
}

/** Only those that say more than a later one. */
function withoutCovered(done: readonly Done[]): Done[] | undefined {
  const left = done.filter(
    (one, place) =>
      !done.slice(place + 1).some(({ upTo, after }) => upTo >= one.upTo && after >= one.after),
  );
  return left.length > 0 ? left : undefined;
}

/**
 * Gives up the events of a post whose retries are exhausted: they become failed, or are discarded. Goes
 * on where a death has ended it; then the rest of the flush is posted, with retries of its own.
 */
export async function exhaust(
  run: LaneRun,
  hook: Hook,
  flush: Flush,
  { through, lastStatus }: NonNullable<Flush['exhausted']>,
): Promise<void> {
  const { deliveries, lanes } = run.parts;
  const from = flush.after ?? flush.oldest;
  const page = await waitingPage(deliveries, run.lane, { from, upTo: flush.upTo });
  const given = page.deliveries.filter(({ ulid }) => ulid <= through);
  const attempts = await batchAttempts(lanes, given);
  // After a 410 they are failed whatever the hook says of exhausted ones.
  const isKept = hook.onExhausted === 'keep' || lastStatus === goneStatus;
  await atOnce(given, async (delivery) => {
    const after = {
      ...delivery,
      status: isKept ? ('failed' as const) : ('discarded' as const),
      target: hook.target,
      tries: delivery.tries + (attempts.get(delivery.ulid)?.length ?? 0),
      lastStatus,
    };
    return stubbornly(run, async () => deliveries.replace(after));
  });
  if (lastStatus !== goneStatus) run.parts.post.meter.count('WebhooksExhausted', given.length);
  await saveLane(run, {
    flush: {
      ...flush,
      exhausted: undefined,
      after: through,
      stored: Math.max(0, flush.stored - given.length),
    },
    failures: 0,
  });
}
