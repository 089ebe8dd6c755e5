import { rfc3339, ulidTime } from '../shared/identifier.ts';
import type { Block } from './block-store.ts';
import type { ListedMessage } from './message-page.ts';
import { messageId, threadId } from './message.ts';
import type { WholeMessage } from './message.ts';
import type { ThreadSide } from './thread-side.ts';

/** A message as the API gives it to one of its two. */
export function messageAnswer(message: WholeMessage, isRead: boolean) {
  const { ulid, thread, sender, recipient, subject, body } = message;
  return {
    id: messageId(ulid),
    threadId: threadId(thread),
    sender,
    recipient,
    subject,
    body,
    sentAt: sentAt(ulid),
    isRead,
  };
}

/** A message in a list: with its excerpt, or with its body where that was asked for. */
export function listedMessageAnswer(message: ListedMessage) {
  const { ulid, owner, other, isSent, excerpt, isRead, body } = message;
  return {
    id: messageId(ulid),
    sender: isSent ? owner : other,
    recipient: isSent ? other : owner,
    ...(body === undefined ? { bodyExcerpt: excerpt } : { body }),
    sentAt: sentAt(ulid),
    isRead,
  };
}

/** A thread in a list. Only active ones are shown, and those have a newest message. */
export function threadAnswer({ thread, subject, owner, other, newest, ...side }: ThreadSide) {
  return {
    id: threadId(thread),
    subject,
    with: other,
    ...(newest && {
      lastMessage: {
        id: messageId(newest.ulid),
        sender: newest.isSent ? owner : other,
        bodyExcerpt: newest.excerpt,
        sentAt: sentAt(newest.ulid),
        isRead: newest.isRead,
      },
    }),
    unreadCount: side.unread,
    messageCount: side.sent + side.received,
  };
}

export function blockAnswer({ blocked, ulid }: Block) {
  return { ref: blocked, since: rfc3339(ulidTime(ulid)) };
}

function sentAt(ulid: string): string {
  return rfc3339(ulidTime(ulid));
}
