import { createHash } from 'node:crypto';
import { ConflictError } from '../shared/errors.ts';
import { idempotencySeconds } from '../shared/idempotency.ts';
import { stableUlid, ulidTime } from '../shared/identifier.ts';
import type { ConvoStore, SentRecord } from './convo-store.ts';
import { nonceOf } from './message.ts';

/** What makes a request to send the same request again. */
export interface SendRequest {
  /** The header; absent: every request is a new one. */
  idempotencyKey: string | undefined;
  /** Caller, method and path: within them a key counts. */
  scope: readonly string[];
}

/** Under which nonces a request may have been sent, and under which it is to be sent now. */
export interface Nonces {
  send: string;
  /** Where a repeat of it may be on its way at the same moment. */
  unlessSent?: string | undefined;
  lookUp: readonly string[];
}

const dayMs = 86_400_000;

/** Around midnight a repeat may still be on its way with the other day's nonce: calls end within 30 s. */
const guardMs = 60_000;

/**
 * The nonces of a request with a key: hashes of the key and the day (UTC). So a message is itself the
 * record of its request, in the same transaction and without an item more; and since a key is
 * remembered for 24 hours, it is in today's or yesterday's
 * (docs/decisions/0012-a-message-is-its-own-record.md).
 */
export function noncesOfKey(request: SendRequest, nowMs: number): Nonces {
  const nonceOn = (day: number): string =>
    nonceOf(stableUlid(0, JSON.stringify([...request.scope, request.idempotencyKey, day])));
  const today = dayOf(nowMs);
  const near = [dayOf(nowMs - guardMs), dayOf(nowMs + guardMs)].find((day) => day !== today);
  const days = new Set([today, today - 1, near ?? today]);
  return {
    send: nonceOn(today),
    unlessSent: near === undefined ? undefined : nonceOn(near),
    lookUp: [...days].map(nonceOn),
  };
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** Hash of what was asked for, to tell a repeat from another request with the same key. */
export function requestHashOf(asked: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/**
 * What a request has sent before, if it has, else under which other nonce nothing may be sent meanwhile:
 * one read. Without a key that is any message under its own random nonce, with one what was sent within
 * the 24 hours that a key is remembered.
 *
 * @throws ConflictError when the key was used with another body.
 */
export async function sentBefore(
  store: Pick<ConvoStore, 'sentUnder'>,
  request: SendRequest,
  { nonces, requestHash, nowMs }: { nonces: Nonces; requestHash: string; nowMs: number },
): Promise<{ sent?: SentRecord | undefined; unlessSent?: string | undefined }> {
  const found = await store.sentUnder(nonces.lookUp);
  if (request.idempotencyKey === undefined) return { sent: found[0] };
  const sent = found.find(({ ulid }) => nowMs - ulidTime(ulid) < idempotencySeconds * 1000);
  if (sent && sent.requestHash !== requestHash) {
    throw new ConflictError('This Idempotency-Key was used with another body.');
  }
  // A nonce that is used up already, by what counts no more, is no repeat's.
  const isUsedUp = found.some(({ ulid }) => nonceOf(ulid) === nonces.unlessSent);
  return { sent, unlessSent: isUsedUp ? undefined : nonces.unlessSent };
}
