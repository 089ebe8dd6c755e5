import { createHash } from 'node:crypto';
import { decodeTime, encodeTime, ulid } from 'ulid';

/** Milliseconds since the epoch; passed in so that tests own the time. */
export type Clock = () => number;

/** A new ULID for a moment; passed in so that tests own the randomness. */
export type NewUlid = (atMs: number) => string;

export const systemClock: Clock = () => Date.now();

/** The library takes the epoch itself for no time at all, so only its random part is used. */
export const randomUlid: NewUlid = (atMs) => encodeTime(atMs, 10) + ulid().slice(10);

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** First moment that a ULID cannot hold (48 bits of milliseconds, the year 10889). */
export const maxUlidTime = 2 ** 48;

/** The smallest ULID of a moment: a key that sorts before every id of that millisecond. */
export function firstUlidAt(atMs: number): string {
  return encodeTime(atMs, 10) + '0'.repeat(16);
}

/** The largest ULID of a moment: a key that sorts after every id of that millisecond. */
export function lastUlidAt(atMs: number): string {
  return encodeTime(atMs, 10) + 'Z'.repeat(16);
}

/** Milliseconds since the epoch that a ULID carries. */
export function ulidTime(id: string): number {
  return decodeTime(id);
}

/** RFC 3339 in UTC with milliseconds, the form of every time in answers. */
export function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString();
}

/**
 * A ULID that is the same whenever it is made from the same seed: ids of events must not change when
 * the record that caused them is handled again.
 */
export function stableUlid(atMs: number, seed: string): string {
  const hash = createHash('sha256').update(seed).digest();
  let random = '';
  for (const byte of hash.subarray(0, 16)) random += crockford.charAt(byte & 31);
  return encodeTime(atMs, 10) + random;
}
