import { NotFoundError } from '../shared/errors.ts';
import type { ConvoStore } from './convo-store.ts';
import { nonceOf } from './message.ts';
import type { StoredMessage } from './message.ts';
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

/** A message as its owner has it. */
export interface OwnMessage {
  message: StoredMessage & { body: string };
  side: ThreadSide;
  copy: MessageCopy;
}

/** @throws NotFoundError when the caller takes no part in such a message or has deleted it. */
export async function ownMessage(
  store: Pick<ConvoStore, 'message' | 'sideAndCopy'>,
  caller: string,
  ulid: string | undefined,
): Promise<OwnMessage> {
  const message = ulid === undefined ? undefined : await store.message(nonceOf(ulid));
  if (message?.ulid !== ulid || message?.body === undefined || !takesPart(message, caller)) {
    throw noSuchMessage();
  }
  const { thread, body } = message;
  return {
    message: { ...message, body },
    ...(await ownCopy(store, { caller, thread, ulid: message.ulid })),
  };
}

/** @throws NotFoundError when the caller has no such message (any more). */
export async function ownCopy(
  store: Pick<ConvoStore, 'sideAndCopy'>,
  { caller, thread, ulid }: { caller: string; thread: string; ulid: string },
): Promise<Pick<OwnMessage, 'side' | 'copy'>> {
  const { side, copy } = await store.sideAndCopy(caller, thread, ulid);
  if (!side || !copy) throw noSuchMessage();
  // Deleted with its thread: the copy itself goes a moment later.
  if (side.cleared !== undefined && ulid <= side.cleared) throw noSuchMessage();
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
