/**
 * Turns under the rate limits of hooks: a token bucket whose size is one second's worth, one at least.
 * Who finds it empty gets a turn in the future.
 */
export interface RateLimits {
  /**
   * Takes the next turn of a hook; whoever takes one meanwhile gets another.
   *
   * @param perSecond more than 0, fractions too
   * @returns when the turn is, milliseconds since the epoch; `nowMs` when it is at once. A turn that is
   *   not used is lost: the next ones come no earlier for it.
   * @throws TransientError when it cannot be known whether a turn was taken; another one may be.
   */
  reserve(hook: string, perSecond: number, nowMs: number): Promise<number>;
}

/** What a bucket comes to in the generic cell rate algorithm (ITU-T I.371), in whole microseconds. */
export interface Bucket {
  /** Between two turns. */
  interval: number;
  /** How far turns may run ahead of their even spacing. */
  burst: number;
}

export function bucketOf(perSecond: number): Bucket {
  const interval = Math.ceil(1_000_000 / perSecond);
  const size = Math.max(1, Math.floor(perSecond));
  return { interval, burst: (size - 1) * interval };
}

/** When the turn is that an evenly spaced one would have at `even`, both in microseconds. */
export function turnMs(bucket: Bucket, even: number, nowMs: number): number {
  return Math.max(nowMs, Math.ceil((even - bucket.burst) / 1000));
}
