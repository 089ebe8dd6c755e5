import { changeOwn } from './change-own.ts';
import type { OwningParts } from './change-own.ts';
import type { ConvoStore } from './convo-store.ts';
import { messageOfTwo, ownActiveSide, ownCopy } from './own-side.ts';
import { isRead, newestOf, withCleared, withoutMessage } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

/**
 * Deletes a message for its owner alone.
 *
 * @throws NotFoundError when it is not the caller's, or deleted already.
 */
export async function deleteMessage(
  parts: OwningParts,
  caller: string,
  ulid: string | undefined,
): Promise<void> {
  const message = await messageOfTwo(parts.store, caller, ulid);
  const { thread } = message;
  await changeOwn(
    parts,
    async () => {
      const { side, copy } = await ownCopy(parts.store, { caller, thread, ulid: message.ulid });
      const isNewest = side.newest?.ulid === copy.ulid;
      const next = isNewest ? await nextNewest(parts.store, side, copy) : undefined;
      const newest = isNewest ? next && newestOf(next, isRead(side, next)) : side.newest;
      const after = withoutMessage(side, copy, newest);
      const write = {
        side: { before: side, after },
        copy: { before: copy },
        ...(next && { seen: [next] }),
      };
      return { write, answer: 'deleted' };
    },
    'deleted',
  );
}

async function nextNewest(
  store: ConvoStore,
  { cleared }: ThreadSide,
  { owner, thread, ulid }: MessageCopy,
): Promise<MessageCopy | undefined> {
  const range = { above: cleared, below: ulid, order: 'desc', limit: 1 } as const;
  const [next] = await store.copies(owner, thread, range);
  return next;
}

/**
 * Deletes a thread for its owner alone, in one write: what it holds is gone at once, and removed
 * from the table behind it. A later reply brings the thread back without it.
 *
 * @throws NotFoundError when the caller has no active message of such a thread.
 */
export async function deleteThread(
  parts: OwningParts,
  caller: string,
  thread: string | undefined,
): Promise<void> {
  await changeOwn(
    parts,
    async () => {
      const before = await ownActiveSide(parts.store, caller, thread);
      const after = withCleared(before, before.last);
      return { write: { side: { before, after } }, answer: 'deleted' };
    },
    'deleted',
  );
}
