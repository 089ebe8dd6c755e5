import type { RetryPolicy } from './hook.ts';

/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h: of hooks without a policy of their own. */
export const defaultRetryPolicy: RetryPolicy = {
  schedule: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
};

/** Part of a schedule's delay by which it is shorter or longer at random, so that posts spread. */
const jitter = 0.2;

/**
 * Milliseconds until the next retry; nothing when the policy's retries are exhausted. A schedule's
 * delays are jittered, a `retryInterval` is exact. What the receiver asks for counts from the delay to
 * twice the delay: it can neither hurry its posts nor put them off for good.
 *
 * @param step retries used up before this one
 * @param random 0 to 1
 */
export function retryDelayMs(
  policy: RetryPolicy,
  step: number,
  { retryAfterSeconds, random }: { retryAfterSeconds?: number | undefined; random: () => number },
): number | undefined {
  const seconds =
    'schedule' in policy
      ? policy.schedule[step]
      : step < policy.retries
        ? policy.retryInterval
        : undefined;
  if (seconds === undefined) return undefined;
  if (retryAfterSeconds !== undefined) {
    return 1_000 * Math.min(Math.max(retryAfterSeconds, seconds), 2 * seconds);
  }
  const factor = 'schedule' in policy ? 1 - jitter + 2 * jitter * random() : 1;
  return Math.round(1_000 * seconds * factor);
}
