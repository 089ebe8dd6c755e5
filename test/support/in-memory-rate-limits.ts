import { bucketOf, turnMs } from '../../lambdas/webhooks/rate-limits.ts';
import type { RateLimits } from '../../lambdas/webhooks/rate-limits.ts';

/** Turns by the same rule as in the table. */
export function inMemoryRateLimits(): RateLimits {
  const next = new Map<string, number>();
  return {
    reserve(hook, perSecond, nowMs) {
      const bucket = bucketOf(perSecond);
      const even = Math.max(next.get(hook) ?? 0, nowMs * 1000);
      next.set(hook, even + bucket.interval);
      return Promise.resolve(turnMs(bucket, even, nowMs));
    },
  };
}
