import { changeOwn } from './change-own.ts';
import type { OwningParts } from './change-own.ts';
import type { WholeMessage } from './message.ts';
import { messageOfTwo, ownActiveSide, ownCopy } from './own-side.ts';
import { isRead, withAllRead, withMark } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

/**
 * Marks a message as read or unread for its owner alone; safe to repeat. One's own messages can be
 * marked and never count.
 *
 * @throws NotFoundError when it is not the caller's, or deleted.
 */
export async function markMessage(
  parts: OwningParts,
  caller: string,
  ulid: string | undefined,
  read: boolean,
): Promise<WholeMessage> {
  const message = await messageOfTwo(parts.store, caller, ulid);
  const { thread } = message;
  return changeOwn(parts, async () => {
    const own = await ownCopy(parts.store, { caller, thread, ulid: message.ulid });
    if (isRead(own.side, own.copy) === read) return { answer: message };
    const copy = { before: own.copy, after: markedCopy(own, read, parts.pace.now()) };
    const side = { before: own.side, after: withMark(own.side, own.copy, read) };
    return { write: { side, copy }, answer: message };
  });
}

function markedCopy(
  { side, copy }: { side: ThreadSide; copy: MessageCopy },
  read: boolean,
  nowMs: number,
): MessageCopy {
  return {
    ...copy,
    mark: { isRead: read, reads: side.reads },
    ...(read && !copy.isSent && { readAt: nowMs }),
  };
}

/**
 * Marks every message of a thread as read for its owner alone; safe to repeat. However many there are,
 * it is one write. Answers the side as it then is.
 *
 * @throws NotFoundError when the caller has no active message of such a thread.
 */
export async function markThreadRead(
  parts: OwningParts,
  caller: string,
  thread: string | undefined,
): Promise<ThreadSide> {
  return changeOwn(parts, async () => {
    const before = await ownActiveSide(parts.store, caller, thread);
    const after = withAllRead(before, parts.pace.now());
    return { write: { side: { before, after } }, answer: after };
  });
}
