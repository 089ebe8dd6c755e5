import { createHash } from 'node:crypto';
import { firstUlidAt } from '../shared/identifier.ts';

/**
 * - `stored`: waits for its hook's next batch, or went with one: then `batch` is behind the lane's
 *   `from`. For readers `pending` or `delivered`.
 * - `pending`: waits for a post, or for its turn.
 */
export type StoredStatus = 'stored' | 'pending' | 'delivered' | 'failed' | 'discarded' | 'held';

/** Statuses as the API tells them. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'discarded', 'held'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const errorKinds = ['status', 'timeout', 'dns', 'tls', 'connection', 'blocked'] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** One post of a delivery, and what came back. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  at: number;
  durationMs: number;
  /** HTTP status; absent when no answer came. */
  status?: number | undefined;
  /** Absent: it succeeded. */
  error?: { kind: ErrorKind; message: string } | undefined;
  responseHeaders?: Record<string, string> | undefined;
  /** At most 16 KiB. */
  responseBody?: string | undefined;
}

/** An event on its way to one hook. */
export interface Delivery {
  ulid: string;
  /** ULID of the hook. */
  hook: string;
  owner: string | null;
  /** Where it was posted last; before the first post the hook's target when the event came. */
  target: string;
  event: { id: string; type: string };
  status: StoredStatus;
  /** Posts so far, single ones and those of batches. */
  tries: number;
  /** Retries of the schedule that are used up; a replay begins anew. */
  step: number;
  /** The newest `keptAttempts`, oldest first. Posts in batches stand in the lane's records. */
  attempts: readonly Attempt[];
  /** Milliseconds since the epoch. */
  nextAttemptAt?: number | undefined;
  /** The due index holds it: until `nextAttemptAt`, which lies far ahead, or until `resendAt`. */
  due?: boolean | undefined;
  /**
   * While `due`: its job was sent already, and is sent once more then if nobody has posted by that job.
   * Milliseconds since the epoch.
   */
  resendAt?: number | undefined;
  /** While `due`: what the job of its next post says of it (see `postJob`). */
  turn?: { single?: boolean | undefined; reserved?: boolean | undefined } | undefined;
  /** The hook's when the delivery was made or last set going. */
  epoch: number;
  /** Body of the post, where it stands in the row itself. */
  payload?: string | undefined;
  /** Otherwise the `payloadKey` of the body, by which it is kept once for many deliveries. */
  payloadKey?: string | undefined;
  /** Number of the hook's batch that it was stored for. */
  batch?: number | undefined;
  /** SQS's sequence number of the message that brought it to its hook's lane. */
  sequence?: string | undefined;
  /** HTTP status of the last post; `null` when no answer came. Of `failed` ones. */
  lastStatus?: number | null | undefined;
  /** Seconds since the epoch. */
  expiresAt: number;
  /** Rises with each write. */
  version: number;
}

/** Attempts that a delivery keeps; `tries` counts all. */
export const keptAttempts = 20;

/** Days that a payload outlives the deliveries that it is kept for. */
export const payloadSpareDays = 3;

/** Payloads up to this size stand in each delivery's row, larger ones once for all of the event's. */
export const inlinePayloadBytes = 512;

/**
 * The name under which a payload is kept: a hash of its bytes. Two producers may give different events the
 * same id, and each delivery keeps its own.
 */
export function payloadKey(payload: string): string {
  return createHash('sha256').update(payload).digest('base64url');
}

/** Where a delivery's payload stands: in its row, or, larger ones, under its key. */
export function payloadPlace(payload: string): Pick<Delivery, 'payload' | 'payloadKey'> {
  return Buffer.byteLength(payload) > inlinePayloadBytes
    ? { payloadKey: payloadKey(payload) }
    : { payload };
}

const deliveryIdPattern = /^del_([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

export function deliveryId(ulid: string): string {
  return `del_${ulid}`;
}

/** The ULID of a delivery's id, or nothing when it cannot be one. */
export function ulidOfDeliveryId(id: string): string | undefined {
  return deliveryIdPattern.exec(id)?.[1];
}

/**
 * The ULID of an event's delivery to a hook: always the same, so that an event that comes twice is
 * delivered once. Its time is the event's; its random part begins with the hook's mark, by which the
 * row of any delivery is found, and ends with a hash of hook, type and id.
 */
export function deliveryUlid(
  hook: string,
  { id, type, atMs }: { id: string; type: string; atMs: number },
): string {
  const time = firstUlidAt(atMs).slice(0, 10);
  return `${time}${hookMark(hook)}${mark(`${hook} ${type} ${id}`)}`;
}

/** Eight characters that stand for a hook in the ids of its deliveries. */
export function hookMark(hook: string): string {
  return mark(hook);
}

/** The mark of the hook in a delivery's ULID. */
export function markOfDelivery(ulid: string): string {
  return ulid.slice(10, 18);
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function mark(text: string): string {
  const hash = createHash('sha256').update(text).digest();
  return [...hash.subarray(0, 8)].map((byte) => crockford.charAt(byte & 31)).join('');
}
