import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { indexes } from '../../../lambdas/convos/contract.ts';
import { copyRow } from '../../../lambdas/convos/convo-rows.ts';
import type { ConvoStore, CopyRange } from '../../../lambdas/convos/convo-store.ts';
import { nonceOf } from '../../../lambdas/convos/message.ts';
import { lastUlidAt, ulidTime } from '../../../lambdas/shared/identifier.ts';
import { convoStores, inTable } from '../../support/convo-stores.ts';
import { freshUser, replyOf, startMs, ulidAt, writeOf } from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const stores = convoStores(() => table);

/** A thread of so many messages, oldest first. */
async function threadOf(store: ConvoStore, messages: number, reader = freshUser()) {
  const users = { sender: freshUser(), recipient: reader };
  const first = writeOf(users);
  await store.send(first);
  const { thread } = first.message;
  const ulids = [thread];
  while (ulids.length < messages) {
    const reply = await replyOf(store, { thread, ...users });
    expect(await store.send(reply)).toBe('sent');
    ulids.push(reply.message.ulid);
  }
  return { thread, ulids, ...users };
}

const ulidsOf = (copies: readonly { ulid: string }[]) => copies.map(({ ulid }) => ulid);

describe.each(stores)('messages of a thread in %s', (_name, open) => {
  test('copies come in either order, from and to any message, up to a limit', async () => {
    const { store } = open();
    const { thread, ulids, recipient } = await threadOf(store, 6);
    // Beside it in the same partition: an earlier and a later thread.
    await threadOf(store, 2, recipient);
    const listed = async (range: Partial<CopyRange>) => {
      const copies = await store.copies(recipient, thread, { order: 'asc', limit: 10, ...range });
      return copies.map(({ ulid }) => ulids.indexOf(ulid));
    };
    expect(await listed({})).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await listed({ order: 'desc' })).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await listed({ limit: 2 })).toEqual([0, 1]);
    expect(await listed({ limit: 2, order: 'desc' })).toEqual([5, 4]);
    expect(await listed({ above: ulids[2] })).toEqual([3, 4, 5]);
    expect(await listed({ above: ulids[2], order: 'desc' })).toEqual([5, 4, 3]);
    expect(await listed({ below: ulids[2] })).toEqual([0, 1]);
    expect(await listed({ below: ulids[2], order: 'desc', limit: 1 })).toEqual([1]);
    expect(await listed({ above: ulids[0], below: ulids[3] })).toEqual([1, 2]);
    expect(await listed({ above: ulids[2], below: ulids[3] })).toEqual([]);
    expect(await listed({ above: ulids[3], below: ulids[3] })).toEqual([]);
    expect(await listed({ above: ulids[4], below: ulids[1] })).toEqual([]);
    expect(await listed({ above: ulids[5] })).toEqual([]);
    expect(await listed({ below: ulids[0] })).toEqual([]);
    const end = lastUlidAt(ulidTime(ulids[2] ?? ''));
    expect(await listed({ above: end })).toEqual([3, 4, 5]);
    expect(await listed({ below: end })).toEqual([0, 1, 2]);
  });

  test.each([
    ['0', '1'],
    ['9', 'A'],
    ['H', 'J'],
    ['Z0', 'Z1'],
    ['0Z', '10'],
  ])('a bound excludes itself and nothing else, between …%s and …%s', async (lower, upper) => {
    const { store } = open();
    const reader = freshUser();
    const users = { sender: freshUser(), recipient: reader };
    const first = writeOf(users);
    await store.send(first);
    const { thread } = first.message;
    const beginning = ulidAt(60).slice(0, 26 - lower.length);
    const ulids = [lower, upper].map((end) => beginning + end);
    for (const ulid of ulids) {
      const reply = await replyOf(store, { thread, ...users });
      const change = (side: typeof reply.sender) => ({
        before: side.before,
        after: { ...side.after, last: ulid },
      });
      expect(
        await store.send({
          ...reply,
          message: { ...reply.message, ulid },
          copies: reply.copies.map((copy) => ({ ...copy, ulid })),
          sender: change(reply.sender),
          recipient: change(reply.recipient),
        }),
      ).toBe('sent');
    }
    const [one = '', other = ''] = ulids;
    const range = { order: 'asc', limit: 10 } as const;
    const listed = async (bounds: Partial<CopyRange>) =>
      (await store.copies(reader, thread, { ...range, ...bounds })).map(({ ulid }) => ulid);
    expect(await listed({ below: other })).toEqual([thread, one]);
    expect(await listed({ above: one })).toEqual([other]);
    expect(await listed({ above: thread, below: one })).toEqual([]);
  });

  test('bodies are found by message; what is unknown, gone or another’s is left out', async () => {
    const { store, upkeep } = open();
    const { ulids } = await threadOf(store, 3);
    const [first = '', second = '', third = ''] = ulids;
    await upkeep.removeMessage(second, startMs, startMs + 1000);
    const sameNonce = ulidAt(500).slice(0, 10) + nonceOf(third);
    const wanted = [first, second, third, first, sameNonce, ulidAt(0)];
    const bodies = await store.bodies(wanted);
    const messages = [await store.message(nonceOf(first)), await store.message(nonceOf(third))];
    expect([...bodies.keys()].toSorted()).toEqual([first, third].toSorted());
    expect([bodies.get(first), bodies.get(third)]).toEqual(messages.map((one) => one?.body));
    expect(await store.bodies([])).toEqual(new Map());
    expect(await store.bodies([sameNonce])).toEqual(new Map());
  });

  test('a hundred bodies are read at once', async () => {
    const { store } = open();
    const { ulids } = await threadOf(store, 100);
    expect([...(await store.bodies(ulids)).keys()].toSorted()).toEqual(ulids);
  }, 30_000);
});

describe.each(stores)('folders in %s', (_name, open) => {
  test('a folder shows threads by their last message, newest first, page after page', async () => {
    const { store } = open();
    const reader = freshUser();
    const threads = [];
    for (let at = 0; at < 4; at++) threads.push(await threadOf(store, 1, reader));
    const [oldest] = threads;
    if (!oldest) throw new Error('there are four');
    const { thread, sender } = oldest;
    // A later message brings the oldest thread to the top.
    const reply = await replyOf(store, { thread, sender, recipient: reader });
    const ulid = ulidAt(3600);
    const top = (side: typeof reply.sender) => ({ ...side, after: { ...side.after, last: ulid } });
    const later = { ...reply, sender: top(reply.sender), recipient: top(reply.recipient) };
    expect(await store.send({ ...later, message: { ...reply.message, ulid } })).toBe('sent');

    const all = await store.folder(reader, 'inbox', { limit: 10 });
    expect(all.map(({ last }) => last)).toEqual(
      all
        .map(({ last }) => last)
        .toSorted()
        .toReversed(),
    );
    expect(all[0]?.thread).toBe(thread);
    expect(all).toHaveLength(4);
    expect(all[0]).toEqual(await store.side(reader, thread));
    const first = await store.folder(reader, 'inbox', { limit: 3 });
    expect(first).toEqual(all.slice(0, 3));
    const rest = await store.folder(reader, 'inbox', { after: first.at(-1)?.last, limit: 3 });
    expect(rest).toEqual(all.slice(3));
    expect(await store.folder(reader, 'outbox', { limit: 10 })).toEqual([]);
  });

  test('a thread with messages both ways is in both folders', async () => {
    const { store } = open();
    const { thread, sender, recipient } = await threadOf(store, 1);
    const foldersOf = async (user: string) => {
      const inbox = await store.folder(user, 'inbox', { limit: 5 });
      const outbox = await store.folder(user, 'outbox', { limit: 5 });
      return [inbox.length, outbox.length];
    };
    expect(await foldersOf(sender)).toEqual([0, 1]);
    expect(await foldersOf(recipient)).toEqual([1, 0]);
    await store.send(await replyOf(store, { thread, sender: recipient, recipient: sender }));
    expect(await foldersOf(sender)).toEqual([1, 1]);
    expect(await foldersOf(recipient)).toEqual([1, 1]);
  });
});

describe('lists of the table', () => {
  test('a page that DynamoDB cuts at 1 MB is read to its end', async () => {
    const { client, tableName } = table;
    const { store } = inTable(table);
    const [owner, thread] = [freshUser(), ulidAt(0)];
    const padding = 'x'.repeat(100_000);
    const ulids = Array.from({ length: 15 }, (_, at) => ulidAt(at));
    for (const ulid of ulids) {
      const copy = { owner, thread, ulid, other: owner, isSent: true, excerpt: '', bytes: 0 };
      const Item = { ...copyRow(copy), padding };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    }
    const walked = await store.copies(owner, thread, { order: 'asc', limit: 100 });
    expect(ulidsOf(walked)).toEqual(ulids);
    const listed = await store.copies(owner, thread, { order: 'desc', limit: 12 });
    expect(ulidsOf(listed)).toEqual(ulids.toReversed().slice(0, 12));
  });
});
