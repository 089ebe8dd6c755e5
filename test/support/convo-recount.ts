import { isDeepStrictEqual } from 'node:util';
import { nonceOf } from '../../lambdas/convos/message.ts';
import { isRead, newestOf } from '../../lambdas/convos/thread-side.ts';
import type { MessageCopy, ThreadSide } from '../../lambdas/convos/thread-side.ts';
import { copiesOf } from './convo-stores.ts';
import type { ConvoStores } from './convo-stores.ts';

const everything = { limit: 10_000 };

/**
 * What does not fit together in the mailboxes of some users: counts that differ from a recount of the
 * copies, a newest message that is not, a copy without its side or its text, folders that show
 * something else. Read through the ports, so of the double and of the table alike.
 */
export async function contradictions(
  { store, upkeep }: Pick<ConvoStores, 'store' | 'upkeep'>,
  users: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const compare = (what: string, kept: unknown, recounted: unknown) => {
    if (isDeepStrictEqual(kept, recounted)) return;
    found.push(`${what}: ${JSON.stringify({ kept, recounted })}`);
  };
  for (const user of users) {
    const sides = await upkeep.sidesOf(user, everything);
    const copies = await copiesOf({ store, upkeep }, user);
    const { unread, unreadThreads } = await store.state(user);
    compare(
      `state of ${user}`,
      { unread, unreadThreads },
      {
        unread: sides.reduce((sum, side) => sum + side.unread, 0),
        unreadThreads: sides.filter((side) => side.unread > 0).length,
      },
    );
    for (const side of sides) {
      const active = copies.filter((copy) => isActiveCopy(side, copy));
      const { sent, received, unread: ofThread, newest } = side;
      const kept = { sent, received, unread: ofThread, newest };
      compare(`side ${user} ${side.thread}`, kept, recount(side, active));
      const otherSide = await store.side(side.other, side.thread);
      if (otherSide) compare(`last of ${side.thread}`, side.last, otherSide.last);
      for (const { ulid } of active) {
        const message = await store.message(nonceOf(ulid));
        compare(`text of ${ulid}`, [message?.ulid, message?.body !== undefined], [ulid, true]);
      }
    }
    for (const folder of ['inbox', 'outbox'] as const) {
      const expected = sides
        .filter((side) => (folder === 'inbox' ? side.received : side.sent) > 0)
        .toSorted((a, b) => (a.last < b.last ? 1 : -1));
      compare(`${folder} of ${user}`, await store.folder(user, folder, everything), expected);
    }
  }
  return found;
}

function isActiveCopy({ thread, cleared = '' }: ThreadSide, copy: MessageCopy): boolean {
  return copy.thread === thread && copy.ulid > cleared;
}

function recount(side: ThreadSide, active: readonly MessageCopy[]) {
  const newest = active.toSorted((a, b) => (a.ulid < b.ulid ? 1 : -1))[0];
  return {
    sent: active.filter(({ isSent }) => isSent).length,
    received: active.filter(({ isSent }) => !isSent).length,
    unread: active.filter((copy) => !copy.isSent && !isRead(side, copy)).length,
    newest: newest && newestOf(newest, isRead(side, newest)),
  };
}
