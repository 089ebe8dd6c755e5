import { isDeepStrictEqual } from 'node:util';
import { messagesOf, threadOf, threadsOf, unreadOf } from './convos.ts';
import type { ListedMessage, Thread } from './convos.ts';
import type { Person } from './people.ts';

/** All that somebody sees of its threads, by every list that there is. */
export interface Mailbox {
  /** As the list of all threads gives them. */
  threads: Thread[];
  /** As each thread gives itself. */
  details: Thread[];
  /** Of each thread, newest first. */
  messages: ListedMessage[][];
  inbox: Thread[];
  outbox: Thread[];
  unread: { count: number; threads: number };
}

export async function mailboxOf(who: Person): Promise<Mailbox> {
  const threads = await threadsOf(who, { limit: '100' });
  const details: Thread[] = [];
  const messages: ListedMessage[][] = [];
  for (const { id } of threads) {
    details.push(await threadOf(who, id));
    messages.push(await messagesOf(who, id, { limit: '100' }));
  }
  return {
    threads,
    details,
    messages,
    inbox: await threadsOf(who, { folder: 'inbox', limit: '100' }),
    outbox: await threadsOf(who, { folder: 'outbox', limit: '100' }),
    unread: await unreadOf(who),
  };
}

/**
 * What does not fit together in somebody's mailbox: counters that differ from a recount of the
 * messages, a last message that is not the newest, a thread in the wrong folder, two lists that
 * disagree.
 */
export async function contradictions(who: Person): Promise<string[]> {
  const { threads, details, messages, inbox, outbox, unread } = await mailboxOf(who);
  const found: string[] = [];
  const hold = (what: string, given: unknown, recounted: unknown) => {
    if (isDeepStrictEqual(given, recounted)) return;
    found.push(`${what}: ${JSON.stringify({ given, recounted })}`);
  };
  const isReceived = ({ sender }: ListedMessage) => sender !== who.ref;
  const unreadIn = (list: readonly ListedMessage[]) =>
    list.filter((one) => isReceived(one) && !one.isRead).length;

  for (const [index, thread] of threads.entries()) {
    const list = messages[index] ?? [];
    const { messages: newest, ...detail } = details[index] ?? thread;
    hold(`${thread.id} in its list and alone`, thread, detail);
    hold(`newest messages of ${thread.id}`, newest, list.slice(0, 20));
    hold(`messageCount of ${thread.id}`, thread.messageCount, list.length);
    hold(`unreadCount of ${thread.id}`, thread.unreadCount, unreadIn(list));
    hold(`lastMessage of ${thread.id}`, thread.lastMessage, lastOf(list));
    const times = list.map(({ sentAt }) => sentAt);
    hold(`order of ${thread.id}`, times, times.toSorted().toReversed());
  }
  const having = (wanted: (one: ListedMessage) => boolean) =>
    threads.filter((_thread, index) => messages[index]?.some(wanted));
  hold('inbox', inbox, having(isReceived));
  hold(
    'outbox',
    outbox,
    having((one) => !isReceived(one)),
  );
  hold('unread count', unread, {
    count: unreadIn(messages.flat()),
    threads: messages.filter((list) => unreadIn(list) > 0).length,
  });
  return found;
}

function lastOf([newest]: readonly ListedMessage[]): Thread['lastMessage'] | undefined {
  if (!newest) return undefined;
  const { recipient: _recipient, ...shown } = newest;
  return shown;
}
