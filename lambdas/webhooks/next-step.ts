import { withAttempt } from './attempt-record.ts';
import type { Delivery } from './delivery.ts';
import type { Hook } from './hook.ts';
import { isGone } from './poster.ts';
import type { Posted } from './poster.ts';
import { defaultRetryPolicy, retryDelayMs } from './retry-schedule.ts';
import { isBeyondQueue } from './schedule-later.ts';

/** What becomes of a delivery. */
export interface NextStep {
  /** To be stored; its version is still the one that was read. */
  delivery: Delivery;
  /** Its retries are used up by this: the hook's health counts it. */
  exhausted: boolean;
}

/** A delivery without what it says of its next post, and of a failure. */
export function withoutNext(delivery: Delivery): Delivery {
  const { nextAttemptAt: _next, due: _due, resendAt: _resend, turn: _turn, ...kept } = delivery;
  const { lastStatus: _last, ...rest } = kept;
  return rest;
}

/**
 * What a post makes of its delivery. Retries go by the hook's policy, those of an event that was taken
 * out of a batch by the default schedule where it has none. A 410 fails at once, as does a `single` try.
 */
export function nextStep(
  delivery: Delivery,
  hook: Pick<Hook, 'target' | 'retry' | 'onExhausted'>,
  posted: Posted,
  { single, nowMs, random }: { single: boolean; nowMs: number; random: () => number },
): NextStep {
  const { attempt, retryAfterSeconds } = posted;
  const tried: Delivery = {
    ...withoutNext(delivery),
    target: hook.target,
    tries: delivery.tries + 1,
    attempts: withAttempt(delivery.attempts, attempt),
  };
  if (attempt.error === undefined) {
    return { delivery: { ...tried, status: 'delivered' }, exhausted: false };
  }
  const failed: Delivery = { ...tried, status: 'failed', lastStatus: attempt.status ?? null };
  if (isGone(attempt)) return { delivery: failed, exhausted: false };
  const delayMs = single
    ? undefined
    : retryDelayMs(hook.retry ?? defaultRetryPolicy, delivery.step, { retryAfterSeconds, random });
  if (delayMs === undefined) {
    const given = hook.onExhausted === 'keep' ? failed : { ...tried, status: 'discarded' as const };
    return { delivery: given, exhausted: !single };
  }
  const nextAttemptAt = nowMs + delayMs;
  const step = delivery.step + 1;
  const waiting: Delivery = { ...tried, status: 'pending', step, nextAttemptAt };
  const isDue = isBeyondQueue(nextAttemptAt, nowMs);
  return { delivery: isDue ? { ...waiting, due: true } : waiting, exhausted: false };
}
