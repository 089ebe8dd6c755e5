/** Seconds of a day. */
export const daySeconds = 24 * 60 * 60;

/** When what is written now goes by itself, seconds since the epoch (DynamoDB's time to live). */
export function expiryAfter(days: number, nowMs: number): number {
  return Math.floor(nowMs / 1000) + days * daySeconds;
}
