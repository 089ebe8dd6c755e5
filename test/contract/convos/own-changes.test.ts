import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes } from '../../../lambdas/convos/contract.ts';
import type { ConvoStore, OwnWrite } from '../../../lambdas/convos/convo-store.ts';
import {
  withAllRead,
  withCleared,
  withMark,
  withoutMessage,
} from '../../../lambdas/convos/thread-side.ts';
import type { MessageCopy, ThreadSide } from '../../../lambdas/convos/thread-side.ts';
import { contradictions } from '../../support/convo-recount.ts';
import { convoStores, mailboxes } from '../../support/convo-stores.ts';
import {
  copyFor,
  replyOf,
  startMs,
  startThread,
  storedSide,
  ulidAt,
} from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const none = { unread: 0, unreadThreads: 0, blockChanges: 0 };

/** A recipient with two unread messages of one thread. */
async function withTwo(store: ConvoStore) {
  const { write, thread, sender, recipient } = await startThread(store);
  const second = await replyOf(store, { thread, sender, recipient });
  expect(await store.send(second)).toBe('sent');
  const own = { thread, owner: recipient };
  const copies = [copyFor(write, recipient), copyFor(second, recipient)] as const;
  return { ...own, other: sender, copies };
}

function marking(side: ThreadSide, copy: MessageCopy, read: boolean): OwnWrite {
  return {
    side: { before: side, after: withMark(side, copy, read) },
    copy: {
      before: copy,
      after: { ...copy, mark: { isRead: read, reads: side.reads }, readAt: startMs },
    },
  };
}

describe.each(convoStores(() => table))('changes of one’s own side in %s', (_name, open) => {
  test('a mark is kept with its copy, and the unread count goes along', async () => {
    const { store, upkeep } = open();
    const { thread, owner, other, copies } = await withTwo(store);
    for (const [at, copy] of copies.entries()) {
      const write = marking(await storedSide(store, owner, thread), copy, true);
      expect(await store.changeOwn(write)).toBe('done');
      expect(await store.sideAndCopy(owner, thread, copy.ulid)).toEqual({
        side: write.side.after,
        copy: write.copy?.after,
      });
      const left = 1 - at;
      expect(await store.state(owner)).toEqual({ ...none, unread: left, unreadThreads: left });
    }
    const read = await store.sideAndCopy(owner, thread, copies[0].ulid);
    if (!read.side || !read.copy) throw new Error('both are there');
    const back = marking(read.side, read.copy, false);
    expect(await store.changeOwn(back)).toBe('done');
    expect(await store.state(owner)).toEqual({ ...none, unread: 1, unreadThreads: 1 });
    expect(await contradictions({ store, upkeep }, [owner, other])).toEqual([]);
  });

  test('of two changes of what was read at the same time one is stale and leaves nothing', async () => {
    const opened = open();
    const { store } = opened;
    const { thread, owner, copies } = await withTwo(store);
    const side = await storedSide(store, owner, thread);
    expect(await store.changeOwn(marking(side, copies[0], true))).toBe('done');
    const before = await mailboxes(opened, [owner]);
    expect(await store.changeOwn(marking(side, copies[1], true))).toBe('stale');
    expect(await mailboxes(opened, [owner])).toEqual(before);
  });

  test('what is decided by a mark that a copy no longer has is stale, though the side is as it was', async () => {
    const opened = open();
    const { store } = opened;
    const { thread, owner, copies } = await withTwo(store);
    const [copy, next] = copies;
    expect(await store.changeOwn(marking(await storedSide(store, owner, thread), copy, true))).toBe(
      'done',
    );
    const before = await storedSide(store, owner, thread);
    const kept = await mailboxes(opened, [owner]);
    // Decided by the copy as it was before it was marked.
    expect(await store.changeOwn(marking(before, copy, true))).toBe('stale');
    const after = withoutMessage(before, copy, before.newest);
    const side = { before, after };
    expect(await store.changeOwn({ side, copy: { before: copy } })).toBe('stale');
    expect(await store.changeOwn({ side, copy: { before: next }, seen: [copy] })).toBe('stale');
    expect(await mailboxes(opened, [owner])).toEqual(kept);
    const { copy: marked } = await store.sideAndCopy(owner, thread, copy.ulid);
    if (!marked) throw new Error('it is there');
    const newest = withoutMessage(before, next, undefined);
    const write = { side: { before, after: newest }, copy: { before: next }, seen: [marked] };
    expect(await store.changeOwn(write)).toBe('done');
  });

  test('a removed copy is gone, and neither removed nor marked again', async () => {
    const { store, upkeep } = open();
    const { thread, owner, other, copies } = await withTwo(store);
    const [copy, next] = copies;
    const remove = async () => {
      const before = await storedSide(store, owner, thread);
      const after = withoutMessage(before, copy, before.newest);
      return store.changeOwn({ side: { before, after }, copy: { before: copy } });
    };
    expect(await remove()).toBe('done');
    expect((await store.sideAndCopy(owner, thread, copy.ulid)).copy).toBeUndefined();
    expect(await store.state(owner)).toEqual({ ...none, unread: 1, unreadThreads: 1 });
    expect(await contradictions({ store, upkeep }, [owner, other])).toEqual([]);
    expect(await remove()).toBe('stale');
    const side = await storedSide(store, owner, thread);
    expect(await store.changeOwn(marking(side, copy, true))).toBe('stale');
    expect(await store.copies(owner, thread, { order: 'asc', limit: 5 })).toEqual([next]);
  });

  test('a thread that is read as a whole counts no more', async () => {
    const { store, upkeep } = open();
    const { thread, owner, other } = await withTwo(store);
    const before = await storedSide(store, owner, thread);
    const after = withAllRead(before, startMs);
    expect(await store.changeOwn({ side: { before, after } })).toBe('done');
    expect(await storedSide(store, owner, thread)).toEqual(after);
    expect(await store.state(owner)).toEqual(none);
    expect(await contradictions({ store, upkeep }, [owner, other])).toEqual([]);
  });

  test('a thread that is deleted leaves the folders of its owner alone', async () => {
    const { store, upkeep } = open();
    const { thread, owner, other } = await withTwo(store);
    const before = await storedSide(store, owner, thread);
    const after = withCleared(before, before.last);
    expect(await store.changeOwn({ side: { before, after } })).toBe('done');
    expect(await storedSide(store, owner, thread)).toEqual(after);
    expect(await store.state(owner)).toEqual(none);
    expect(await store.folder(owner, 'inbox', { limit: 5 })).toEqual([]);
    expect(await store.folder(other, 'outbox', { limit: 5 })).toHaveLength(1);
    expect(await contradictions({ store, upkeep }, [owner, other])).toEqual([]);

    expect(
      await store.send(await replyOf(store, { thread, sender: other, recipient: owner })),
    ).toBe('sent');
    const back = await storedSide(store, owner, thread);
    expect(back).toMatchObject({ received: 1, unread: 1, cleared: after.cleared });
    expect(await store.folder(owner, 'inbox', { limit: 5 })).toEqual([back]);
  });

  test('a change that belongs to an erasure is counted with it, and not without it', async () => {
    const { store, upkeep } = open();
    const { thread, owner } = await withTwo(store);
    const before = await storedSide(store, owner, thread);
    const side = { before, after: withCleared(before, before.last) };
    const [erasureId, otherId] = [ulidAt(10), ulidAt(11)];
    const change = async (id: string) =>
      store.changeOwn({ side, erasure: { erasureId: id, messages: 2 } });
    expect(await change(erasureId)).toBe('stale');
    await upkeep.beginErasure(owner, erasureId);
    expect(await change(otherId)).toBe('stale');
    expect(await storedSide(store, owner, thread)).toEqual(before);
    expect(await change(erasureId)).toBe('done');
    expect(await change(erasureId)).toBe('stale');
    expect(await upkeep.erasure(owner)).toEqual({ erasureId, removed: 2, done: false });
  });

  test('of many changes at once exactly one is done for each version', async () => {
    const { store, upkeep } = open();
    const { thread, owner, other } = await withTwo(store);
    const before = await storedSide(store, owner, thread);
    const change = async (at: number) =>
      store.changeOwn({ side: { before, after: withAllRead(before, startMs + at) } });
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => change(at)));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect((await storedSide(store, owner, thread)).version).toBe(before.version + 1);
    expect(await store.state(owner)).toEqual(none);
    expect(await contradictions({ store, upkeep }, [owner, other])).toEqual([]);
  });
});
