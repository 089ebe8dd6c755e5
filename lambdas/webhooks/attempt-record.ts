import { type Attempt, keptAttempts } from './delivery.ts';

/** Bytes of an answer that are kept. */
interface Limits {
  body: number;
  headers: number;
}

/** Of a delivery's newest attempt when it failed: enough to see why. */
const ofFailure: Limits = { body: 16 * 1_024, headers: 16 * 1_024 };

/** Of failures before the newest attempt, so that a row stays small. */
const ofEarlier: Limits = { body: 1_024, headers: 1_024 };

/** Of a success: there is little to find out, and each KB is a write unit of every delivery. */
const ofSuccess: Limits = { body: 256, headers: 512 };

/** An attempt as it is kept while it is the newest. */
export function recordable(attempt: Attempt): Attempt {
  return trimmed(attempt, attempt.error === undefined ? ofSuccess : ofFailure);
}

/** The attempts of a delivery after one more, oldest first; the oldest go when there are too many. */
export function withAttempt(attempts: readonly Attempt[], attempt: Attempt): Attempt[] {
  return [
    ...attempts
      .slice(1 - keptAttempts)
      .map((before) => trimmed(before, before.error === undefined ? ofSuccess : ofEarlier)),
    recordable(attempt),
  ];
}

function trimmed(attempt: Attempt, limits: Limits): Attempt {
  const { responseHeaders: headers, responseBody: body } = attempt;
  return {
    ...attempt,
    ...(headers && { responseHeaders: fitting(headers, limits.headers) }),
    ...(body !== undefined && { responseBody: beginning(body, limits.body) }),
  };
}

/** Headers as far as there is room, in their order; one that is too large by itself is left out. */
function fitting(headers: Record<string, string>, maxBytes: number): Record<string, string> {
  let left = maxBytes;
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => {
      const bytes = Buffer.byteLength(name) + Buffer.byteLength(value);
      if (bytes > left) return false;
      left -= bytes;
      return true;
    }),
  );
}

/** UTF-8 takes at most three for each unit of UTF-16. */
const mostBytesOfUnit = 3;

/** As many whole characters from the beginning as have room. */
function beginning(text: string, maxBytes: number): string {
  if (text.length * mostBytesOfUnit <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Bytes 10xxxxxx go on with a character that began before.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
