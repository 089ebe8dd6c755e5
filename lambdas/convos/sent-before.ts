import { createHash } from 'node:crypto';
import { ConflictError } from '../shared/errors.ts';
import { idempotencySeconds } from '../shared/idempotency.ts';
import { stableUlid, ulidTime } from '../shared/identifier.ts';
import type { ConvoStore } from './convo-store.ts';
import { nonceOf } from './message.ts';
import type { StoredMessage } from './message.ts';

/** What makes a request to send the same request again. */
export interface SendRequest {
  /** The header; absent: every request is a new one. */
  idempotencyKey: string | undefined;
  /** Caller, method and path: within them a key counts. */
  scope: readonly string[];
}

/**
 * The random part of the ids of messages that are sent with a key: a hash of it. So a message is
 * itself the record of its request, in the same transaction and without an item more
 * (docs/decisions/0012-a-message-is-its-own-record.md).
 *
 * @param after the message under the key's earlier nonce, which is too old to count
 */
function nonceOfKey({ idempotencyKey, scope }: SendRequest, after: string | undefined): string {
  return nonceOf(stableUlid(0, JSON.stringify([...scope, idempotencyKey, after])));
}

/** Hash of what was asked for, to tell a repeat from another request with the same key. */
export function requestHashOf(asked: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/** The nonce to send a request under for the first time; without a key a new one. */
export function firstNonce(request: SendRequest, newNonce: () => string): string {
  return request.idempotencyKey === undefined ? newNonce() : nonceOfKey(request, undefined);
}

/**
 * The message that was sent before under a nonce, or else the nonce to send under: the same, or the
 * key's next one when the message is older than a key is remembered.
 *
 * @throws ConflictError when the key was used with another body.
 */
export async function sentBefore(
  store: ConvoStore,
  request: SendRequest,
  { nonce, requestHash, nowMs }: { nonce: string; requestHash: string; nowMs: number },
): Promise<{ sent: StoredMessage } | { sent?: undefined; nonce: string }> {
  for (let next = nonce; ;) {
    const sent = await store.message(next);
    if (!sent) return { nonce: next };
    if (request.idempotencyKey === undefined) return { sent };
    if (nowMs - ulidTime(sent.ulid) < idempotencySeconds * 1000) {
      if (sent.requestHash === requestHash) return { sent };
      throw new ConflictError('This Idempotency-Key was used with another body.');
    }
    next = nonceOfKey(request, sent.ulid);
  }
}
