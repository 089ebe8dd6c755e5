import { excerptOf } from '../../lambdas/convos/message-text.ts';
import { messageId, threadId } from '../../lambdas/convos/message.ts';
import type { Clock } from '../../lambdas/shared/identifier.ts';
import { rfc3339, ulidTime } from '../../lambdas/shared/identifier.ts';
import type { ListedMessage, Thread } from './convos-people.ts';
import type { SendWish, Wish } from './convos-wish.ts';

/** A message as people know it. */
export interface Said {
  ulid: string;
  thread: string;
  sender: string;
  recipient: string;
  body: string;
  /** Who has it still, and read it. */
  readBy: Map<string, boolean>;
}

export interface ModelThread {
  subject: string;
  pair: readonly [string, string];
  /** Its last message, deleted or not. */
  last: string;
  /** Who takes part still. */
  parties: Set<string>;
}

const hourMs = 3_600_000;

/** By how much the clocks of two functions may differ, and a bit: so near a border either is right. */
const doubtMs = 100;

/**
 * What people have after what they asked for took effect, one thing after the other. It knows nothing of
 * sides, copies or counts: all that is shown is counted anew.
 */
export class ConvosModel {
  readonly said = new Map<string, Said>();
  readonly threads = new Map<string, ModelThread>();
  /** By `blocker blocked`: its ULID. */
  readonly blocks = new Map<string, string>();
  /** What was asked with a key, by scope; the latest time it counted. */
  readonly #keys = new Map<string, { ulid: string; asked: string }>();
  readonly #started = new Map<string, number>();
  readonly #now: Clock;
  readonly #newThreadsPerHour: number;
  /** How often something became read that its reader had received. */
  readings = 0;
  /** Took effect and should not have. */
  readonly wrong: string[] = [];

  constructor(now: Clock, newThreadsPerHour: number) {
    this.#now = now;
    this.#newThreadsPerHour = newThreadsPerHour;
  }

  /** What may be answered at this moment without any effect; empty: it has to have one. */
  answers(wish: Wish, sinceMs: number): string[] {
    const { who } = wish;
    switch (wish.kind) {
      case 'start':
      case 'reply':
        return this.#refusals(wish, sinceMs);
      case 'mark': {
        const isRead = this.said.get(wish.message)?.readBy.get(who);
        if (isRead === undefined) return ['404'];
        return isRead === wish.read ? [`200 ${isRead}`] : [];
      }
      case 'delete message':
        return [this.said.get(wish.message)?.readBy.has(who) ? 'there' : '404'];
      case 'delete thread':
        return [this.#ofThread(who, wish.thread).length > 0 ? 'there' : '404'];
      case 'read thread':
        return this.#ofThread(who, wish.thread).length > 0 ? [] : ['404'];
      case 'look': {
        const thread = this.threadOf(who, wish.thread);
        return [thread ? `200 ${JSON.stringify(thread)}` : '404'];
      }
      case 'block': {
        const block = this.blocks.get(`${who} ${wish.whom}`);
        return block === undefined ? [] : [`200 ${rfc3339(ulidTime(block))}`];
      }
      case 'unblock':
        return this.blocks.has(`${who} ${wish.whom}`) ? [] : ['204'];
      case 'count':
        return [`200 ${JSON.stringify(this.unreadOf(who))}`];
      default:
        return wish satisfies never;
    }
  }

  #refusals(wish: SendWish, sinceMs: number): string[] {
    const { who } = wish;
    const thread = wish.kind === 'reply' ? this.threads.get(wish.thread) : undefined;
    if (wish.kind === 'reply' && !thread?.parties.has(who)) return ['404'];
    const known = this.#remembered(wish, doubtMs);
    const answers = known ? [known.asked === askedBy(wish) ? `201 ${known.ulid}` : '409'] : [];
    if (this.#remembered(wish, -doubtMs)) return answers;
    if (this.#isBlocked(who, wish.kind === 'start' ? wish.whom : otherOf(thread, who))) {
      return [...answers, '403'];
    }
    if (wish.kind === 'reply') return answers;
    const until = hourOf(this.#now() + doubtMs);
    for (let hour = hourOf(sinceMs - doubtMs); hour <= until; hour += 1) {
      if (this.#isFull(who, hour)) answers.push('429');
    }
    return answers;
  }

  /** What was sent with the same key within 24 hours, or a bit longer. */
  #remembered(wish: SendWish, moreMs: number) {
    const known = this.#keys.get(scopeOf(wish));
    if (wish.key === undefined || !known) return undefined;
    return this.#now() - ulidTime(known.ulid) < 24 * hourMs + moreMs ? known : undefined;
  }

  /** Why a message should not have been sent at this moment. */
  #objection(wish: SendWish, ulid: string): string | undefined {
    const { who } = wish;
    if (this.said.has(ulid)) return 'it was sent before';
    const known = this.#remembered(wish, -doubtMs);
    if (known) return `its request sent ${known.ulid}`;
    if (wish.kind === 'start') {
      if (this.#isBlocked(who, wish.whom)) return 'a block is between them';
      return this.#isFull(who, hourOf(ulidTime(ulid))) ? 'those were enough threads' : undefined;
    }
    const thread = this.threads.get(wish.thread);
    if (!thread?.parties.has(who)) return 'its sender takes no part';
    if (this.#isBlocked(who, otherOf(thread, who))) return 'a block is between them';
    return ulid > thread.last ? undefined : `it does not come after ${thread.last}`;
  }

  /** It was sent. */
  send(wish: SendWish, ulid: string, thread: string): string {
    const { who, body } = wish;
    const objection = this.#objection(wish, ulid);
    if (objection !== undefined) this.wrong.push(`${ulid} was sent, though ${objection}`);
    if (wish.kind === 'start') {
      const { whom, subject } = wish;
      const counted = `${who} ${hourOf(ulidTime(ulid))}`;
      this.#started.set(counted, (this.#started.get(counted) ?? 0) + 1);
      this.threads.set(thread, { subject, pair: [who, whom], last: ulid, parties: new Set() });
    }
    const known = this.threads.get(thread);
    const recipient = wish.kind === 'start' ? wish.whom : otherOf(known, who);
    if (!known) return ulid;
    const readBy = new Map([who, recipient].map((user) => [user, false]));
    this.said.set(ulid, { ulid, thread, sender: who, recipient, body, readBy });
    known.last = ulid;
    for (const user of [who, recipient]) known.parties.add(user);
    if (wish.key !== undefined) this.#keys.set(scopeOf(wish), { ulid, asked: askedBy(wish) });
    return ulid;
  }

  /** Somebody marked a message, or read or deleted what it says; answers what that is answered with. */
  change(wish: Exclude<Wish, SendWish>): string {
    const { who } = wish;
    switch (wish.kind) {
      case 'mark': {
        const one = this.said.get(wish.message);
        if (one?.readBy.get(who) !== !wish.read) this.wrong.push(`${wish.message} marked in vain`);
        if (wish.read && one?.recipient === who) this.readings += 1;
        one?.readBy.set(who, wish.read);
        return `200 ${wish.read}`;
      }
      case 'read thread': {
        const messages = this.#ofThread(who, wish.thread);
        if (messages.some((one) => isUnread(one, who))) this.readings += 1;
        for (const { readBy } of messages) readBy.set(who, true);
        return '200 0';
      }
      case 'delete message':
        if (!this.said.get(wish.message)?.readBy.delete(who)) this.wrong.push('deleted twice');
        return '204';
      case 'delete thread':
        for (const { readBy } of this.#ofThread(who, wish.thread)) readBy.delete(who);
        return '204';
      case 'block':
      case 'unblock':
      case 'count':
      case 'look':
        this.wrong.push(`${wish.kind} changed a side`);
        return '';
      default:
        return wish satisfies never;
    }
  }

  block(blocker: string, blocked: string, ulid: string): string {
    if (this.blocks.has(`${blocker} ${blocked}`)) this.wrong.push('blocked twice');
    this.blocks.set(`${blocker} ${blocked}`, ulid);
    return `200 ${rfc3339(ulidTime(ulid))}`;
  }

  unblock(blocker: string, blocked: string, ulid: string): string {
    const known = this.blocks.get(`${blocker} ${blocked}`);
    if (known !== ulid) this.wrong.push(`lifted ${ulid}, not ${known}`);
    this.blocks.delete(`${blocker} ${blocked}`);
    return '204';
  }

  /** An erasure took what a user had of a thread up to a message; answers how many that were. */
  erase(user: string, thread: string, upTo: string): number {
    const gone = this.#ofThread(user, thread).filter(({ ulid }) => ulid <= upTo);
    for (const { readBy } of gone) readBy.delete(user);
    return gone.length;
  }

  /** An erasure let a user no longer take part in a thread. */
  leave(user: string, thread: string): void {
    if (this.#ofThread(user, thread).length > 0) this.wrong.push(`${user} left with messages`);
    this.threads.get(thread)?.parties.delete(user);
  }

  /** The threads of a user as the API lists them. */
  threadsOf(user: string, folder?: 'inbox' | 'outbox'): Thread[] {
    return [...this.threads]
      .filter(([thread]) =>
        this.#ofThread(user, thread).some(
          ({ sender }) => folder === undefined || (sender === user) === (folder === 'outbox'),
        ),
      )
      .toSorted(([, one], [, other]) => (one.last < other.last ? 1 : -1))
      .flatMap(([thread]) => this.threadOf(user, thread) ?? []);
  }

  threadOf(user: string, thread: string): Thread | undefined {
    const messages = this.messagesOf(user, thread);
    const [newest] = messages;
    const known = this.threads.get(thread);
    if (!newest || !known) return undefined;
    const { recipient: _recipient, ...lastMessage } = newest;
    const { id, sender, bodyExcerpt, sentAt, isRead } = lastMessage;
    return {
      id: threadId(thread),
      subject: known.subject,
      with: otherOf(known, user),
      lastMessage: { id, sender, bodyExcerpt, sentAt, isRead },
      unreadCount: this.#ofThread(user, thread).filter((one) => isUnread(one, user)).length,
      messageCount: messages.length,
    };
  }

  /** Newest first. */
  messagesOf(user: string, thread: string): ListedMessage[] {
    return this.#ofThread(user, thread)
      .toSorted((one, other) => (one.ulid < other.ulid ? 1 : -1))
      .map(({ ulid, sender, recipient, body, readBy }) => ({
        id: messageId(ulid),
        sender,
        recipient,
        bodyExcerpt: excerptOf(body),
        sentAt: rfc3339(ulidTime(ulid)),
        isRead: readBy.get(user) === true,
      }));
  }

  unreadOf(user: string): { count: number; threads: number } {
    const unread = [...this.said.values()].filter((one) => isUnread(one, user));
    return { count: unread.length, threads: new Set(unread.map(({ thread }) => thread)).size };
  }

  #ofThread(user: string, thread: string): Said[] {
    return [...this.said.values()].filter((one) => one.thread === thread && one.readBy.has(user));
  }

  #isBlocked(one: string, other: string): boolean {
    return this.blocks.has(`${one} ${other}`) || this.blocks.has(`${other} ${one}`);
  }

  #isFull(who: string, hour: number): boolean {
    return (this.#started.get(`${who} ${hour}`) ?? 0) >= this.#newThreadsPerHour;
  }
}

function isUnread({ recipient, readBy }: Said, user: string): boolean {
  return recipient === user && readBy.get(user) === false;
}

function otherOf(thread: ModelThread | undefined, user: string): string {
  return thread?.pair.find((one) => one !== user) ?? '';
}

function scopeOf(wish: SendWish): string {
  return JSON.stringify([wish.who, wish.kind === 'start' ? '' : wish.thread, wish.key]);
}

function askedBy(wish: SendWish): string {
  return JSON.stringify(wish.kind === 'start' ? [wish.whom, wish.subject, wish.body] : [wish.body]);
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / hourMs);
}
