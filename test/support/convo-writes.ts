import type { ConvoStore, SendWrite } from '../../lambdas/convos/convo-store.ts';
import { excerptOf } from '../../lambdas/convos/message-text.ts';
import { nextUlid } from '../../lambdas/convos/message.ts';
import { emptySide, withMessage } from '../../lambdas/convos/thread-side.ts';
import type { MessageCopy, ThreadSide } from '../../lambdas/convos/thread-side.ts';
import { stableUlid } from '../../lambdas/shared/identifier.ts';

export const startMs = Date.parse('2026-11-21T10:00:00Z');

let serial = 0;

/** A user that no other test knows. */
export function freshUser(): string {
  return `user:u${++serial}`;
}

/** A ULID of a moment that no other test knows. */
export function ulidAt(seconds: number): string {
  return stableUlid(startMs + seconds * 1000, `ulid ${++serial}`);
}

export interface Letter {
  sender: string;
  recipient: string;
  body?: string;
  /** Of a new thread. */
  subject?: string;
  /** Of a reply: what both have of the thread. */
  sides?: { sender: ThreadSide | undefined; recipient: ThreadSide | undefined } | undefined;
  thread?: string;
  blockChanges?: number;
  newThread?: SendWrite['newThread'];
  requestHash?: string;
}

/** The transaction of a message, as the logic of convos makes it. */
export function writeOf(letter: Letter): SendWrite {
  const { sender, recipient, body = `body ${serial}`, sides } = letter;
  const last = [sides?.sender?.last ?? '', sides?.recipient?.last ?? ''].toSorted().at(-1);
  const ulid = nextUlid(startMs, ulidAt(0).slice(10), last === '' ? undefined : last);
  const thread = letter.thread ?? ulid;
  const subject = sides?.sender?.subject ?? letter.subject ?? 'Lunch?';
  const newCopy = (owner: string, other: string): MessageCopy => ({
    owner,
    thread,
    ulid,
    other,
    isSent: owner === sender,
    excerpt: excerptOf(body),
    bytes: Buffer.byteLength(body),
  });
  const change = (copy: MessageCopy, before: ThreadSide | undefined) => {
    const { owner, other } = copy;
    const empty = emptySide({ owner, thread, other, subject, last: ulid });
    return { before, after: withMessage(before ?? empty, copy) };
  };
  const copies = [newCopy(sender, recipient), newCopy(recipient, sender)] as const;
  return {
    message: { ulid, thread, sender, recipient, subject, body, requestHash: letter.requestHash },
    sender: change(copies[0], sides?.sender),
    recipient: change(copies[1], sides?.recipient),
    copies,
    blockChanges: letter.blockChanges ?? 0,
    newThread: letter.newThread,
  };
}

/** A thread that begins with a message between two users, who are new unless named. */
export async function startThread(store: ConvoStore, letter: Partial<Letter> = {}) {
  const write = writeOf({ sender: freshUser(), recipient: freshUser(), ...letter });
  const outcome = await store.send(write);
  if (outcome !== 'sent') throw new Error(`not sent but ${outcome}`);
  const { thread, sender, recipient } = write.message;
  return { write, thread, sender, recipient };
}

/** @throws Error when there is none. */
export async function storedSide(
  store: ConvoStore,
  owner: string,
  thread: string,
): Promise<ThreadSide> {
  const side = await store.side(owner, thread);
  if (!side) throw new Error(`${owner} has no side of ${thread}`);
  return side;
}

/** The copy that a write makes for one of the two. */
export function copyFor({ copies }: SendWrite, owner: string): MessageCopy {
  const copy = copies.find((one) => one.owner === owner);
  if (!copy) throw new Error(`no copy for ${owner}`);
  return copy;
}

/** The transaction of a reply to what is stored. */
export async function replyOf(
  store: ConvoStore,
  { thread, sender, recipient, ...more }: Letter & { thread: string },
): Promise<SendWrite> {
  const sides = {
    sender: await store.side(sender, thread),
    recipient: await store.side(recipient, thread),
  };
  return writeOf({ thread, sender, recipient, sides, ...more });
}
