import * as z from 'zod';
import type { Block } from './block-store.ts';
import { boxPrefixes, keys, prefixes } from './contract.ts';
import type { UserState } from './convo-store.ts';
import { nonceOf } from './message.ts';
import type { StoredMessage } from './message.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';
import type { ErasureProgress } from './upkeep-store.ts';

/**
 * Rows as they stand in the table and in its stream. What a key says is not repeated beside it, but for
 * the index keys; `undefined` attributes are left out when written.
 */
export type Row = Record<string, unknown>;

const count = z.int().min(0);

const sideSchema = z.object({
  pk: z.string().startsWith(prefixes.box),
  sk: z.string().startsWith(boxPrefixes.side),
  with: z.string(),
  subject: z.string(),
  last: z.ulid(),
  newest: z
    .object({ ulid: z.ulid(), sent: z.boolean(), excerpt: z.string(), read: z.boolean() })
    .optional(),
  sent: count,
  received: count,
  unread: count,
  reads: count,
  readUpTo: z.ulid().optional(),
  readAt: count.optional(),
  cleared: z.ulid().optional(),
  version: count,
});

/** A side is in the index of each folder of which it holds an active message. */
export function sideRow({ owner, thread, other, newest, ...side }: ThreadSide): Row {
  return {
    ...keys.side(owner, thread),
    with: other,
    subject: side.subject,
    last: side.last,
    newest: newest && {
      ulid: newest.ulid,
      sent: newest.isSent,
      excerpt: newest.excerpt,
      read: newest.isRead,
    },
    sent: side.sent,
    received: side.received,
    unread: side.unread,
    reads: side.reads,
    readUpTo: side.readUpTo,
    readAt: side.readAt,
    cleared: side.cleared,
    version: side.version,
    ...(side.received > 0 && { inboxOf: owner }),
    ...(side.sent > 0 && { outboxOf: owner }),
  };
}

/** @throws ZodError when the row is no side. */
export function sideOf(row: Row): ThreadSide {
  const { pk, sk, with: other, newest, ...side } = sideSchema.parse(row);
  return {
    owner: ownerOf(pk),
    thread: z.ulid().parse(sk.slice(boxPrefixes.side.length)),
    other,
    ...side,
    ...(newest && {
      newest: {
        ulid: newest.ulid,
        isSent: newest.sent,
        excerpt: newest.excerpt,
        isRead: newest.read,
      },
    }),
  };
}

const copySchema = z.object({
  pk: z.string().startsWith(prefixes.box),
  sk: z.string().startsWith(boxPrefixes.copy),
  with: z.string(),
  sent: z.boolean(),
  excerpt: z.string(),
  bytes: count,
  mark: z.object({ read: z.boolean(), reads: count }).optional(),
  readAt: count.optional(),
});

export function copyRow({ owner, thread, ulid, other, isSent, mark, ...copy }: MessageCopy): Row {
  return {
    ...keys.copy(owner, thread, ulid),
    with: other,
    sent: isSent,
    excerpt: copy.excerpt,
    bytes: copy.bytes,
    mark: mark && { read: mark.isRead, reads: mark.reads },
    readAt: copy.readAt,
  };
}

/** @throws ZodError when the row is no copy. */
export function copyOf(row: Row): MessageCopy {
  const { pk, sk, with: other, sent, mark, ...copy } = copySchema.parse(row);
  const [thread, ulid] = z
    .tuple([z.ulid(), z.ulid()])
    .parse(sk.slice(boxPrefixes.copy.length).split('#'));
  return {
    owner: ownerOf(pk),
    thread,
    ulid,
    other,
    isSent: sent,
    ...copy,
    ...(mark && { mark: { isRead: mark.read, reads: mark.reads } }),
  };
}

const messageSchema = z.object({
  ulid: z.ulid(),
  thread: z.ulid(),
  sender: z.string(),
  recipient: z.string(),
  /** Goes with the body. */
  subject: z.string().default(''),
  body: z.string().optional(),
  requestHash: z.string().optional(),
});

export function messageRow(message: StoredMessage): Row {
  const { ulid, thread, sender, recipient, subject, body, requestHash } = message;
  return {
    ...keys.message(nonceOf(ulid)),
    ulid,
    thread,
    sender,
    recipient,
    subject,
    body,
    requestHash,
  };
}

/** @throws ZodError when the row is no message. */
export function messageOf(row: Row): StoredMessage {
  return messageSchema.parse(row);
}

const stateSchema = z.object({
  unread: count.default(0),
  unreadThreads: count.default(0),
  blockChanges: count.default(0),
});

/** A user that nobody has written to yet has no such row. */
export function stateOf(row: Row | undefined): UserState {
  return stateSchema.parse(row ?? {});
}

const blockSchema = z.object({
  pk: z.string().startsWith(prefixes.box),
  sk: z.string().startsWith(boxPrefixes.block),
  blocked: z.string(),
});

export function blockRow({ blocker, blocked, ulid }: Block): Row {
  return { ...keys.block(blocker, ulid), blocked };
}

/** @throws ZodError when the row is no block. */
export function blockOf(row: Row): Block {
  const { pk, sk, blocked } = blockSchema.parse(row);
  return {
    blocker: ownerOf(pk),
    blocked,
    ulid: z.ulid().parse(sk.slice(boxPrefixes.block.length)),
  };
}

const erasureSchema = z.object({
  pk: z.string().startsWith(prefixes.erasure),
  erasureId: z.ulid(),
  removed: count,
  done: z.boolean(),
});

/** @throws ZodError when the row is no erasure's progress. */
export function erasureOf(row: Row): ErasureProgress & { ref: string } {
  const { pk, ...progress } = erasureSchema.parse(row);
  return { ref: pk.slice(prefixes.erasure.length), ...progress };
}

function ownerOf(pk: string): string {
  return pk.slice(prefixes.box.length);
}
