/**
 * A participant's side of a thread: all that its lists show of it, and what tells which of its copies
 * are read or deleted. The two sides of a thread are kept apart and change together only when a
 * message is sent.
 */
export interface ThreadSide {
  owner: string;
  /** ULID of the thread. */
  thread: string;
  /** The other participant. */
  other: string;
  subject: string;
  /** ULID of the thread's last message, deleted or not: it orders lists and never falls. */
  last: string;
  /** The newest active message; absent when every message is deleted. */
  newest?: NewestMessage | undefined;
  /** Active messages that the owner sent, received, and received without having read them. */
  sent: number;
  received: number;
  unread: number;
  /** Up to this message everything is read, but for messages marked since then. */
  readUpTo?: string | undefined;
  /** How often the whole thread was read: a message's own mark counts until the next time. */
  reads: number;
  /** When reading the whole thread last changed something, milliseconds. */
  readAt?: number | undefined;
  /** Up to this message everything is deleted. */
  cleared?: string | undefined;
  /** Rises with every change. */
  version: number;
}

export interface NewestMessage {
  ulid: string;
  /** The owner sent it. */
  isSent: boolean;
  excerpt: string;
  isRead: boolean;
}

/** A user's copy of a message: what lists show of it. */
export interface MessageCopy {
  owner: string;
  thread: string;
  ulid: string;
  other: string;
  /** The owner sent it. */
  isSent: boolean;
  excerpt: string;
  /** Bytes that its body takes in a function's answer: as text within a JSON within a JSON. */
  bytes: number;
  /** The owner's own mark; it counts while `reads` is that of the side. */
  mark?: { isRead: boolean; reads: number } | undefined;
  /** When marking it read last changed the unread count, milliseconds. */
  readAt?: number | undefined;
}

export function isActive(side: ThreadSide): boolean {
  return side.sent + side.received > 0;
}

/** Whether a copy of this side's is read. */
export function isRead(
  { reads, readUpTo }: Pick<ThreadSide, 'reads' | 'readUpTo'>,
  { mark, ulid }: Pick<MessageCopy, 'mark' | 'ulid'>,
): boolean {
  if (mark?.reads === reads) return mark.isRead;
  return readUpTo !== undefined && ulid <= readUpTo;
}

/** The side of somebody who has nothing of the thread yet. */
export function emptySide(
  of: Pick<ThreadSide, 'owner' | 'thread' | 'other' | 'subject' | 'last'>,
): ThreadSide {
  return { ...of, sent: 0, received: 0, unread: 0, reads: 0, version: 0 };
}

/** The side with one more message, its newest. */
export function withMessage(side: ThreadSide, copy: MessageCopy): ThreadSide {
  return {
    ...changed(side),
    last: copy.ulid,
    newest: newestOf(copy, false),
    sent: side.sent + (copy.isSent ? 1 : 0),
    received: side.received + (copy.isSent ? 0 : 1),
    unread: side.unread + (copy.isSent ? 0 : 1),
  };
}

/** The side after one of its copies was marked. */
export function withMark(side: ThreadSide, copy: MessageCopy, mark: boolean): ThreadSide {
  const unread = side.unread + unreadOf(copy, mark) - unreadOf(copy, isRead(side, copy));
  const newest = side.newest?.ulid === copy.ulid ? { ...side.newest, isRead: mark } : side.newest;
  return { ...changed(side), unread, newest };
}

/** The side without one of its copies; `next` is the newest of those that stay. */
export function withoutMessage(
  side: ThreadSide,
  copy: MessageCopy,
  next: NewestMessage | undefined,
): ThreadSide {
  return {
    ...changed(side),
    newest: next,
    sent: side.sent - (copy.isSent ? 1 : 0),
    received: side.received - (copy.isSent ? 0 : 1),
    unread: side.unread - unreadOf(copy, isRead(side, copy)),
  };
}

/** The side after its owner read the whole thread. */
export function withAllRead(side: ThreadSide, nowMs: number): ThreadSide {
  return {
    ...changed(side),
    unread: 0,
    reads: side.reads + 1,
    readUpTo: side.last,
    newest: side.newest && { ...side.newest, isRead: true },
    readAt: side.unread > 0 ? nowMs : side.readAt,
  };
}

/**
 * The side after everything up to a message was deleted; `left` are its younger copies, which an
 * erasure leaves, newest first.
 */
export function withCleared(
  side: ThreadSide,
  upTo: string,
  left: readonly MessageCopy[] = [],
): ThreadSide {
  const [first] = left;
  return {
    ...changed(side),
    cleared: side.cleared !== undefined && side.cleared > upTo ? side.cleared : upTo,
    newest: first && newestOf(first, isRead(side, first)),
    sent: left.filter(({ isSent }) => isSent).length,
    received: left.filter(({ isSent }) => !isSent).length,
    unread: left.reduce((sum, copy) => sum + unreadOf(copy, isRead(side, copy)), 0),
  };
}

/** What lists show of a copy as a thread's newest message. */
export function newestOf({ ulid, isSent, excerpt }: MessageCopy, read: boolean): NewestMessage {
  return { ulid, isSent, excerpt, isRead: read };
}

/** One's own messages never count as unread. */
function unreadOf({ isSent }: Pick<MessageCopy, 'isSent'>, read: boolean): number {
  return isSent || read ? 0 : 1;
}

function changed(side: ThreadSide): ThreadSide {
  return { ...side, version: side.version + 1 };
}
