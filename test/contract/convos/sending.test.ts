import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes } from '../../../lambdas/convos/contract.ts';
import { nonceOf } from '../../../lambdas/convos/message.ts';
import { withAllRead } from '../../../lambdas/convos/thread-side.ts';
import { contradictions } from '../../support/convo-recount.ts';
import { convoStores, mailboxes } from '../../support/convo-stores.ts';
import {
  copyFor,
  freshUser,
  replyOf,
  startMs,
  startThread,
  storedSide,
  ulidAt,
  writeOf,
} from '../../support/convo-writes.ts';
import type { Letter } from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const none = { unread: 0, unreadThreads: 0, blockChanges: 0 };

const letter = () => writeOf({ sender: freshUser(), recipient: freshUser() });

describe.each(convoStores(() => table))('sending in %s', (_name, open) => {
  test('what was sent is found by its nonce, among others, and keeps another from being sent', async () => {
    const { store } = open();
    const { write } = await startThread(store);
    const { ulid, thread, requestHash } = write.message;
    const [nonce, unused] = [nonceOf(ulid), nonceOf(ulidAt(0))];
    expect(await store.sentUnder([unused, nonce])).toEqual([{ ulid, thread, requestHash }]);
    expect(await store.sentUnder([unused])).toEqual([]);
    expect(await store.send({ ...letter(), unlessSent: nonce })).toBe('taken');
    expect(await store.send({ ...letter(), unlessSent: unused })).toBe('sent');
  });

  test('a message is there at once for both, and unread for its recipient', async () => {
    const { store, upkeep } = open();
    const { write, thread, sender, recipient } = await startThread(store, { requestHash: 'hash' });
    expect(await store.message(nonceOf(thread))).toEqual(write.message);
    for (const [owner, change] of [
      [sender, write.sender],
      [recipient, write.recipient],
    ] as const) {
      const copy = copyFor(write, owner);
      expect(await store.sideAndCopy(owner, thread, thread)).toEqual({ side: change.after, copy });
    }
    expect(await store.state(sender)).toEqual(none);
    const state = { ...none, unread: 1, unreadThreads: 1 };
    expect(await store.sideAndState(recipient, thread)).toEqual({
      side: write.recipient.after,
      state,
    });
    expect(await contradictions({ store, upkeep }, [sender, recipient])).toEqual([]);
  });

  test('what nobody has is none, and its state is all zero', async () => {
    const { store } = open();
    const [user, thread] = [freshUser(), ulidAt(0)];
    expect(await store.side(user, thread)).toBeUndefined();
    expect(await store.state(user)).toEqual(none);
    expect(await store.sideAndState(user, thread)).toEqual({ side: undefined, state: none });
    expect(await store.sideAndCopy(user, thread, thread)).toEqual({});
    expect(await store.message(nonceOf(thread))).toBeUndefined();
    expect(await store.copies(user, thread, { order: 'asc', limit: 5 })).toEqual([]);
    expect(await store.folder(user, 'inbox', { limit: 5 })).toEqual([]);
  });

  test('replies go to the same thread, and are counted in it', async () => {
    const { store, upkeep } = open();
    const { thread, sender, recipient } = await startThread(store);
    const back = { thread, sender: recipient, recipient: sender };
    const first = await replyOf(store, back);
    expect(await store.send(first)).toBe('sent');
    expect(await store.send(await replyOf(store, back))).toBe('sent');
    expect(await storedSide(store, sender, thread)).toMatchObject({
      sent: 1,
      received: 2,
      unread: 2,
    });
    expect(await store.state(sender)).toEqual({ ...none, unread: 2, unreadThreads: 1 });
    expect(await store.message(nonceOf(first.message.ulid))).toEqual(first.message);
    expect(await contradictions({ store, upkeep }, [sender, recipient])).toEqual([]);
  });

  test('a nonce that is used is taken, whatever else stands against the message', async () => {
    const opened = open();
    const { write, sender, recipient } = await startThread(opened.store);
    const before = await mailboxes(opened, [sender, recipient]);
    expect(await opened.store.send(write)).toBe('taken');
    const { ulid } = write.message;
    const other = { ...writeOf({ sender, recipient }), blockChanges: 7 };
    const reused = {
      ...other,
      message: { ...other.message, ulid: ulidAt(60).slice(0, 10) + nonceOf(ulid) },
    };
    expect(await opened.store.send(reused)).toBe('taken');
    expect(await mailboxes(opened, [sender, recipient])).toEqual(before);
    expect(await opened.store.message(nonceOf(ulid))).toEqual(write.message);
  });

  test.each(['sender', 'recipient'] as const)(
    'a reply that was prepared before the %s’s side changed is stale and leaves nothing',
    async (which) => {
      const opened = open();
      const { store } = opened;
      const { thread, sender, recipient } = await startThread(store);
      const reply = await replyOf(store, { thread, sender, recipient });
      const owner = which === 'sender' ? sender : recipient;
      const side = await storedSide(store, owner, thread);
      expect(
        await store.changeOwn({ side: { before: side, after: withAllRead(side, startMs) } }),
      ).toBe('done');
      const before = await mailboxes(opened, [sender, recipient]);
      expect(await store.send(reply)).toBe('stale');
      expect(await mailboxes(opened, [sender, recipient])).toEqual(before);
      expect(await store.message(nonceOf(reply.message.ulid))).toBeUndefined();
    },
  );

  test('a message that takes the recipient’s side for absent is stale when there is one', async () => {
    const { store } = open();
    const { thread, sender, recipient } = await startThread(store);
    const reply = await replyOf(store, { thread, sender, recipient });
    expect(
      await store.send({ ...reply, recipient: { ...reply.recipient, before: undefined } }),
    ).toBe('stale');
  });

  test('a side that went and was made anew is not the one that was read', async () => {
    const { store, upkeep } = open();
    const { thread, sender, recipient } = await startThread(store);
    const read = await storedSide(store, recipient, thread);
    await upkeep.removeSide(read);
    expect(await store.send(await replyOf(store, { thread, sender, recipient }))).toBe('sent');
    const anew = await storedSide(store, recipient, thread);
    expect(anew.version).toBe(read.version);
    const after = withAllRead(read, startMs);
    expect(await store.changeOwn({ side: { before: read, after } })).toBe('stale');
    expect(await storedSide(store, recipient, thread)).toEqual(anew);
  });

  test('a change of the recipient’s blocks makes a message stale until it is decided again', async () => {
    const { store, blocks } = open();
    const [sender, recipient] = [freshUser(), freshUser()];
    await blocks.add({ blocker: recipient, blocked: freshUser(), ulid: ulidAt(0) });
    const send = async (blockChanges: number) =>
      store.send(writeOf({ sender, recipient, blockChanges }));
    expect(await send(0)).toBe('stale');
    expect(await send(2)).toBe('stale');
    expect(await store.state(recipient)).toEqual({ ...none, blockChanges: 1 });
    expect(await send(1)).toBe('sent');
    await blocks.add({ blocker: freshUser(), blocked: recipient, ulid: ulidAt(0) });
    expect(await send(1)).toBe('stale');
    expect(await store.send(writeOf({ sender, recipient: freshUser(), blockChanges: 1 }))).toBe(
      'stale',
    );
  });

  test('new threads are limited for each sender and hour; what is refused does not count', async () => {
    const { store } = open();
    const sender = freshUser();
    const start = (hour: number, limit: number, more: Partial<Letter> = {}) => {
      const newThread = { hour, limit, expiresAtSeconds: (hour + 2) * 3600 };
      return writeOf({ sender, recipient: freshUser(), newThread, ...more });
    };
    const first = start(100, 2);
    expect(await store.send(first)).toBe('sent');
    expect(await store.send(first)).toBe('taken');
    expect(await store.send(start(100, 2, { blockChanges: 3 }))).toBe('stale');
    expect(await store.send(start(100, 2))).toBe('sent');
    const third = start(100, 2);
    expect(await store.send(third)).toBe('limit');
    expect(await store.message(nonceOf(third.message.ulid))).toBeUndefined();
    expect(await store.send(start(100, 2, { blockChanges: 3 }))).toBe('stale');
    expect(await store.send(start(101, 2))).toBe('sent');
    expect(await store.send(start(100, 2, { sender: freshUser() }))).toBe('sent');
    expect(await store.send(start(100, 3))).toBe('sent');
  });

  test('a text comes back as it was given, to the largest one', async () => {
    const { store } = open();
    const body = '🦖'.repeat(64_000);
    const subject = '🦕'.repeat(140);
    const { write, thread, recipient } = await startThread(store, { body, subject });
    expect(Buffer.byteLength(body)).toBe(256_000);
    expect(await store.message(nonceOf(thread))).toEqual(write.message);
    expect((await store.bodies([thread])).get(thread)).toBe(body);
    expect((await storedSide(store, recipient, thread)).subject).toBe(subject);
  });
});
