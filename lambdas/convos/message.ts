import { firstUlidAt, ulidTime } from '../shared/identifier.ts';

/** A message as stored, once for both sides. */
export interface StoredMessage {
  /** Its time is when it was sent; greater than that of every earlier message of its thread. */
  ulid: string;
  /** ULID of the thread: that of its first message. */
  thread: string;
  sender: string;
  recipient: string;
  subject: string;
  /** Absent when neither side has it any more: it is then kept to know a repeated request by. */
  body?: string | undefined;
  /** Hash of what was asked for, when the request had an Idempotency-Key. */
  requestHash?: string | undefined;
}

/** A message with its text, as each of its two gets it. */
export type WholeMessage = StoredMessage & { body: string };

/** Whether a message began its thread. */
export function isFirst({ ulid, thread }: Pick<StoredMessage, 'ulid' | 'thread'>): boolean {
  return ulid === thread;
}

const ulidPattern = '([0-7][0-9A-HJKMNP-TV-Z]{25})';
const messageIdPattern = new RegExp(`^msg_${ulidPattern}$`);
const threadIdPattern = new RegExp(`^thr_${ulidPattern}$`);

export function messageId(ulid: string): string {
  return `msg_${ulid}`;
}

export function threadId(ulid: string): string {
  return `thr_${ulid}`;
}

/** The ULID of a message's id, or undefined for what cannot be one. */
export function ulidOfMessageId(id: string): string | undefined {
  return messageIdPattern.exec(id)?.[1];
}

/** The ULID of a thread's id, or undefined for what cannot be one. */
export function ulidOfThreadId(id: string): string | undefined {
  return threadIdPattern.exec(id)?.[1];
}

/** Characters of a ULID that are its time; the rest is its random part. */
const timeLength = 10;

/** The random part of a message's ULID: what it is stored by. */
export function nonceOf(ulid: string): string {
  return ulid.slice(timeLength);
}

/**
 * The ULID of a message to be sent: of this moment, or a millisecond after the thread's last one when
 * that is not earlier (two replies in one millisecond, a clock that lags).
 */
export function nextUlid(nowMs: number, nonce: string, after: string | undefined): string {
  const ulid = ulidOf(nowMs, nonce);
  if (after === undefined || ulid > after) return ulid;
  return ulidOf(ulidTime(after) + 1, nonce);
}

function ulidOf(atMs: number, nonce: string): string {
  return firstUlidAt(atMs).slice(0, timeLength) + nonce;
}
