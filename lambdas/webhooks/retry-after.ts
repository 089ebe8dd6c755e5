/** Statuses whose `Retry-After` is heeded: too many requests, and not available for now. */
const statuses = new Set([429, 503]);

/** An HTTP-date of any of the three forms begins with the name of a day. */
const datePattern = /^(?:mon|tue|wed|thu|fri|sat|sun)/i;

/**
 * Seconds after which a receiver asks to be tried again: `Retry-After` as seconds or as a date
 * (RFC 9110, 10.2.3). Nothing when it does not ask, or not in a way that can be read.
 */
export function retryAfterSeconds(
  answer: { status: number; headers: Readonly<Record<string, string>> },
  nowMs: number,
): number | undefined {
  const value = answer.headers['retry-after']?.trim();
  if (value === undefined || !statuses.has(answer.status)) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  if (!datePattern.test(value)) return undefined;
  // The form of asctime names no zone; all of them are GMT.
  const at = Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1_000));
}
