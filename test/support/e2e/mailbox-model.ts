import type { ListedMessage, Message, Thread } from './convos.ts';
import type { Mailbox } from './mailbox.ts';

interface Kept {
  message: Message;
  /** References of those who have it as read, and of those who deleted it. */
  readBy: Set<string>;
  deletedBy: Set<string>;
}

/** Threads as the contract describes them, without any of the cleverness that keeps them fast. */
export class MailboxModel {
  /** Messages by thread, oldest first. */
  readonly #threads = new Map<string, Kept[]>();

  sent(message: Message): void {
    const thread = this.#threads.get(message.threadId) ?? [];
    thread.push({ message, readBy: new Set(), deletedBy: new Set() });
    this.#threads.set(message.threadId, thread);
  }

  mark(who: string, id: string, isRead: boolean): void {
    for (const { message, readBy } of this.#active(who)) {
      if (message.id !== id) continue;
      if (isRead) readBy.add(who);
      else readBy.delete(who);
    }
  }

  markThread(who: string, threadId: string): void {
    for (const { message, readBy } of this.#active(who)) {
      if (message.threadId === threadId) readBy.add(who);
    }
  }

  delete(who: string, id: string): void {
    for (const { message, deletedBy } of this.#active(who)) {
      if (message.id === id) deletedBy.add(who);
    }
  }

  deleteThread(who: string, threadId: string): void {
    for (const { message, deletedBy } of this.#active(who)) {
      if (message.threadId === threadId) deletedBy.add(who);
    }
  }

  /** Messages that are active for somebody. */
  messagesOf(who: string): Message[] {
    return this.#active(who).map(({ message }) => message);
  }

  /** Threads that somebody takes part in, deleted ones as well. */
  threadsOf(who: string): string[] {
    return [...this.#threads]
      .filter(([, [first]]) => first && takesPart(who, first))
      .map(([threadId]) => threadId);
  }

  /** What somebody should see. */
  mailboxOf(who: string): Mailbox {
    const shown = [...this.#threads.values()]
      .map((all) => ({ all, active: all.filter((kept) => isActive(who, kept)).toReversed() }))
      .filter(({ active }) => active.length > 0)
      .toSorted((a, b) => (lastTime(a.all) < lastTime(b.all) ? 1 : -1))
      .map(({ active }) => ({ active, entry: entryOf(who, active) }));
    const isUnread = ({ message, readBy }: Kept) => message.sender !== who && !readBy.has(who);
    const having = (wanted: (message: Message) => boolean) =>
      shown
        .filter(({ active }) => active.some(({ message }) => wanted(message)))
        .map(({ entry }) => entry);
    return {
      threads: shown.map(({ entry }) => entry),
      details: shown.map(({ active, entry }) => ({
        ...entry,
        messages: active.slice(0, 20).map((kept) => listed(who, kept)),
      })),
      messages: shown.map(({ active }) => active.map((kept) => listed(who, kept))),
      inbox: having(({ sender }) => sender !== who),
      outbox: having(({ sender }) => sender === who),
      unread: {
        count: shown.flatMap(({ active }) => active.filter(isUnread)).length,
        threads: shown.filter(({ active }) => active.some(isUnread)).length,
      },
    };
  }

  #active(who: string): Kept[] {
    return [...this.#threads.values()].flat().filter((kept) => isActive(who, kept));
  }
}

function takesPart(who: string, { message }: Kept): boolean {
  return message.sender === who || message.recipient === who;
}

function isActive(who: string, kept: Kept): boolean {
  return takesPart(who, kept) && !kept.deletedBy.has(who);
}

function lastTime(all: readonly Kept[]): string {
  return all.at(-1)?.message.sentAt ?? '';
}

function listed(who: string, { message, readBy }: Kept): ListedMessage {
  const { id, sender, recipient, body, sentAt } = message;
  const characters = Array.from(body);
  const bodyExcerpt = characters.length > 50 ? `${characters.slice(0, 49).join('')}...` : body;
  return { id, sender, recipient, bodyExcerpt, sentAt, isRead: readBy.has(who) };
}

/** @param active newest first */
function entryOf(who: string, active: readonly Kept[]): Thread {
  const [newest] = active;
  if (!newest) throw new Error('a thread without messages is not shown');
  const { threadId, subject, sender, recipient } = newest.message;
  const { recipient: _recipient, ...lastMessage } = listed(who, newest);
  return {
    id: threadId,
    subject,
    with: sender === who ? recipient : sender,
    lastMessage,
    unreadCount: active.filter(({ message, readBy }) => message.sender !== who && !readBy.has(who))
      .length,
    messageCount: active.length,
  };
}
