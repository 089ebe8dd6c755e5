import { NotFoundError } from '../shared/errors.ts';
import type { ConvoStore } from './convo-store.ts';
import { nonceOf } from './message.ts';
import type { StoredMessage, WholeMessage } from './message.ts';
import { isActive } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

/**
 * The caller's side of a thread, also of one that it deleted.
 *
 * @throws NotFoundError when it takes no part in such a thread: nobody else may learn that there is one.
 */
export async function ownSide(
  store: Pick<ConvoStore, 'side'>,
  caller: string,
  thread: string | undefined,
): Promise<ThreadSide> {
  const side = thread === undefined ? undefined : await store.side(caller, thread);
  if (!side) throw noSuchThread();
  return side;
}

/** @throws NotFoundError as `ownSide`, and when the caller has deleted every message of it. */
export async function ownActiveSide(
  store: Pick<ConvoStore, 'side'>,
  caller: string,
  thread: string | undefined,
): Promise<ThreadSide> {
  const side = await ownSide(store, caller, thread);
  if (!isActive(side)) throw noSuchThread();
  return side;
}

/** A message, as one of its two has it. */
export interface OwnMessage {
  message: WholeMessage;
  side: ThreadSide;
  copy: MessageCopy;
}

interface CopyName {
  caller: string;
  thread: string;
  ulid: string;
}

/** @throws NotFoundError when the caller takes no part in such a message or has deleted it. */
export async function ownMessage(
  store: Pick<ConvoStore, 'message' | 'sideAndCopy'>,
  caller: string,
  ulid: string | undefined,
): Promise<OwnMessage> {
  const message = await messageOfTwo(store, caller, ulid);
  const { thread } = message;
  return { message, ...(await ownCopy(store, { caller, thread, ulid: message.ulid })) };
}

/**
 * A message in whose thread the caller takes part. Whether the caller has it still, `ownCopy` tells.
 *
 * @throws NotFoundError when there is none, or it is between others.
 */
export async function messageOfTwo(
  store: Pick<ConvoStore, 'message'>,
  caller: string,
  ulid: string | undefined,
): Promise<WholeMessage> {
  const message = ulid === undefined ? undefined : await store.message(nonceOf(ulid));
  if (message?.ulid !== ulid || message?.body === undefined || !takesPart(message, caller)) {
    throw noSuchMessage();
  }
  return { ...message, body: message.body };
}

/**
 * A copy and its side. A change that they decide is written only if both are still so.
 *
 * @throws NotFoundError when the caller has no such message (any more).
 */
export async function ownCopy(
  store: Pick<ConvoStore, 'sideAndCopy'>,
  { caller, thread, ulid }: CopyName,
): Promise<Pick<OwnMessage, 'side' | 'copy'>> {
  const { side, copy } = await store.sideAndCopy(caller, thread, ulid);
  return active(side, copy);
}

/** @throws NotFoundError when it is deleted, or was with its thread: the copy itself goes a moment later. */
function active(
  side: ThreadSide | undefined,
  copy: MessageCopy | undefined,
): Pick<OwnMessage, 'side' | 'copy'> {
  if (!side || !copy || copy.ulid <= (side.cleared ?? '')) throw noSuchMessage();
  return { side, copy };
}

function takesPart({ sender, recipient }: StoredMessage, caller: string): boolean {
  return caller === sender || caller === recipient;
}

function noSuchThread(): NotFoundError {
  return new NotFoundError('You have no such thread.');
}

function noSuchMessage(): NotFoundError {
  return new NotFoundError('You have no such message.');
}
