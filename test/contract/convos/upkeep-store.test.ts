import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { indexes, keys } from '../../../lambdas/convos/contract.ts';
import type { ConvoStore } from '../../../lambdas/convos/convo-store.ts';
import { nonceOf } from '../../../lambdas/convos/message.ts';
import { withAllRead } from '../../../lambdas/convos/thread-side.ts';
import { convoStores, inTable, copiesOf } from '../../support/convo-stores.ts';
import { freshUser, replyOf, startMs, ulidAt, writeOf } from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const stores = convoStores(() => table);
const dayMs = 86_400_000;

/** What the table itself holds under a key. */
async function row(Key: { pk: string; sk: string }) {
  const { client, tableName } = table;
  return (await client.send(new GetCommand({ TableName: tableName, Key }))).Item;
}

/** A mailbox with some threads of two messages each. */
async function mailbox(store: ConvoStore, threads: number) {
  const owner = freshUser();
  const writes = [];
  for (let at = 0; at < threads; at++) {
    const first = writeOf({ sender: freshUser(), recipient: owner });
    await store.send(first);
    const { thread, sender } = first.message;
    const reply = await replyOf(store, { thread, sender: owner, recipient: sender });
    expect(await store.send(reply)).toBe('sent');
    writes.push(first, reply);
  }
  const copies = writes.flatMap((write) => write.copies.filter((copy) => copy.owner === owner));
  const byKey = copies.toSorted((a, b) =>
    `${a.thread}${a.ulid}` < `${b.thread}${b.ulid}` ? -1 : 1,
  );
  return { owner, copies: byKey };
}

describe.each(stores)('upkeep in %s', (_name, open) => {
  test('sides are walked by thread, to the end', async () => {
    const { store, upkeep } = open();
    const { owner, copies } = await mailbox(store, 5);
    const threads = [...new Set(copies.map(({ thread }) => thread))];
    const sides = await upkeep.sidesOf(owner, { limit: 10 });
    expect(sides.map(({ thread }) => thread)).toEqual(threads);
    expect(sides[2]).toEqual(await store.side(owner, threads[2] ?? ''));
    expect(await upkeep.sidesOf(owner, { limit: 2 })).toEqual(sides.slice(0, 2));
    expect(await upkeep.sidesOf(owner, { after: threads[1], limit: 2 })).toEqual(sides.slice(2, 4));
    expect(await upkeep.sidesOf(owner, { after: threads[4], limit: 2 })).toEqual([]);
    expect(await upkeep.sidesOf(freshUser(), { limit: 2 })).toEqual([]);
  });

  test('removed copies are held no more; removing again changes nothing', async () => {
    const { store, upkeep } = open();
    const { owner, copies } = await mailbox(store, 20);
    const [first, ...others] = copies;
    if (!first) throw new Error('there are forty');
    const unknown = { owner, thread: ulidAt(0), ulid: ulidAt(0) };
    expect(await upkeep.held([first, unknown, first])).toEqual(new Set([first.ulid]));
    expect(await upkeep.held([])).toEqual(new Set());
    // More than one call of DynamoDB takes.
    await upkeep.removeCopies([...others, ...others.slice(0, 5), unknown]);
    expect(await upkeep.held(copies)).toEqual(new Set([first.ulid]));
    expect(await copiesOf({ store, upkeep }, owner)).toEqual([first]);
    await upkeep.removeCopies([]);
    await upkeep.removeCopies(others);
    expect(await copiesOf({ store, upkeep }, owner)).toEqual([first]);
  }, 30_000);

  test('what is held is told of each owner apart', async () => {
    const { store, upkeep } = open();
    const { owner, copies } = await mailbox(store, 1);
    const [copy] = copies;
    if (!copy) throw new Error('there are two');
    const { thread, ulid, other } = copy;
    await upkeep.removeCopies([copy]);
    expect(await upkeep.held([{ owner, thread, ulid }])).toEqual(new Set());
    expect(await upkeep.held([{ owner: other, thread, ulid }])).toEqual(new Set([ulid]));
  });

  test('of a removed message its text goes, and its key stays for a time', async () => {
    const { store, upkeep } = open();
    const write = writeOf({ sender: freshUser(), recipient: freshUser(), requestHash: 'hash' });
    await store.send(write);
    const { ulid, thread, sender, recipient } = write.message;
    const left = { ulid, thread, sender, recipient, subject: '', requestHash: 'hash' };
    for (const nowMs of [startMs, startMs + 1000]) {
      await upkeep.removeMessage(ulid, nowMs, nowMs + dayMs);
      expect(await store.message(nonceOf(ulid))).toEqual(left);
    }
    expect(await store.send(write)).toBe('taken');
    await upkeep.removeMessage(ulid, startMs + dayMs, startMs + dayMs);
    expect(await store.message(nonceOf(ulid))).toBeUndefined();
    await upkeep.removeMessage(ulid, startMs, startMs + dayMs);
    expect(await store.message(nonceOf(ulid))).toBeUndefined();
  });

  test.each([
    ['stripped', startMs + dayMs],
    ['deleted', startMs],
  ])('a message that has the nonce of one that went is not %s', async (_how, keepKeyUntilMs) => {
    const { store, upkeep } = open();
    const write = writeOf({ sender: freshUser(), recipient: freshUser() });
    await store.send(write);
    const { ulid } = write.message;
    const earlier = ulidAt(-3600).slice(0, 10) + nonceOf(ulid);
    await upkeep.removeMessage(earlier, startMs, keepKeyUntilMs);
    expect(await store.message(nonceOf(ulid))).toEqual(write.message);
  });

  test('a side is removed only as it was read', async () => {
    const { store, upkeep } = open();
    const { owner, copies } = await mailbox(store, 1);
    const thread = copies[0]?.thread ?? '';
    const before = await store.side(owner, thread);
    if (!before) throw new Error('there is a side');
    const after = withAllRead(before, startMs);
    expect(await store.changeOwn({ side: { before, after } })).toBe('done');
    await upkeep.removeSide(before);
    expect(await store.side(owner, thread)).toEqual(after);
    await upkeep.removeSide(after);
    expect(await store.side(owner, thread)).toBeUndefined();
    await upkeep.removeSide(after);
  });

  test('a state is removed when nothing is unread and no block ever concerned its user', async () => {
    const { store, blocks, upkeep } = open();
    const { owner, copies } = await mailbox(store, 1);
    await upkeep.removeState(owner);
    expect((await store.state(owner)).unread).toBe(1);
    const before = await store.side(owner, copies[0]?.thread ?? '');
    if (!before) throw new Error('there is a side');
    await store.changeOwn({ side: { before, after: withAllRead(before, startMs) } });
    await upkeep.removeState(owner);
    await upkeep.removeState(owner);
    expect((await store.state(owner)).unread).toBe(0);

    const block = { blocker: freshUser(), blocked: owner, ulid: ulidAt(0) };
    await blocks.add(block);
    await blocks.remove(block);
    await upkeep.removeState(owner);
    expect(await store.state(owner)).toEqual({ unread: 0, unreadThreads: 0, blockChanges: 2 });
  });

  test('erasures are kept: the latest one counts, and its progress only rises', async () => {
    const { upkeep } = open();
    const ref = freshUser();
    const [earlier, erasureId, later] = [ulidAt(0), ulidAt(60), ulidAt(120)];
    expect(await upkeep.erasure(ref)).toBeUndefined();
    await upkeep.finishErasure(ref, erasureId);
    expect(await upkeep.erasure(ref)).toBeUndefined();
    await upkeep.beginErasure(ref, erasureId);
    const begun = { erasureId, removed: 0, done: false };
    expect(await upkeep.erasure(ref)).toEqual(begun);
    for (const other of [earlier, later]) await upkeep.finishErasure(ref, other);
    await upkeep.beginErasure(ref, earlier);
    expect(await upkeep.erasure(ref)).toEqual(begun);
    await upkeep.finishErasure(ref, erasureId);
    await upkeep.beginErasure(ref, erasureId);
    expect(await upkeep.erasure(ref)).toEqual({ ...begun, done: true });
    await upkeep.beginErasure(ref, later);
    expect(await upkeep.erasure(ref)).toEqual({ erasureId: later, removed: 0, done: false });
  });
});

describe('upkeep in the table', () => {
  test('nothing is left of a state that is removed', async () => {
    const { store, upkeep } = inTable(table);
    const { owner, copies } = await mailbox(store, 1);
    const before = await store.side(owner, copies[0]?.thread ?? '');
    if (!before) throw new Error('there is a side');
    await store.changeOwn({ side: { before, after: withAllRead(before, startMs) } });
    expect(await row(keys.state(owner))).toBeDefined();
    await upkeep.removeState(owner);
    expect(await row(keys.state(owner))).toBeUndefined();
  });

  test('what remains of a message holds no text, and expires as was said first', async () => {
    const { store, upkeep } = inTable(table);
    const write = writeOf({ sender: freshUser(), recipient: freshUser() });
    await store.send(write);
    const { ulid, thread, sender, recipient } = write.message;
    await upkeep.removeMessage(ulid, startMs, startMs + 999);
    await upkeep.removeMessage(ulid, startMs + 500, startMs + dayMs);
    const key = keys.message(nonceOf(ulid));
    const expiresAt = startMs / 1000 + 1;
    expect(await row(key)).toEqual({ ...key, ulid, thread, sender, recipient, expiresAt });
  });
});
