import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CapacityMeter } from '../../../bench/capacity/capacity-meter.ts';
import { indexes } from '../../../lambdas/convos/contract.ts';
import { withAllRead, withCleared, withMark } from '../../../lambdas/convos/thread-side.ts';
import { inTable } from '../../support/convo-stores.ts';
import type { ConvoStores } from '../../support/convo-stores.ts';
import { freshUser, replyOf, startMs, ulidAt, writeOf } from '../../support/convo-writes.ts';
import type { Letter } from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
let meter: CapacityMeter;
let stores: ConvoStores;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  const client = table.connect({});
  meter = new CapacityMeter(client, table.client, { [table.tableName]: indexes });
  stores = inTable({ client, tableName: table.tableName });
}, 120_000);
afterAll(async () => table.stop());

const newThread = { hour: 1, limit: 60, expiresAtSeconds: 10_800 };
const spent = async (work: () => Promise<unknown>) => meter.measure(work);

/** A thread with a message one way; its reader has it unread. */
async function started(more: Partial<Letter> = {}) {
  const users = { sender: freshUser(), recipient: freshUser() };
  const write = writeOf({ ...users, newThread, ...more });
  const consumed = await spent(async () => stores.store.send(write));
  return { write, consumed, ...users, thread: write.message.thread };
}

async function answered() {
  const { thread, sender, recipient } = await started();
  const back = { thread, sender: recipient, recipient: sender };
  const reply = await replyOf(stores.store, back);
  const consumed = await spent(async () => stores.store.send(reply));
  return { thread, sender, recipient, consumed };
}

describe('write units by AWS’s rules', () => {
  test('a new thread takes 16 in one call, with an idempotency key too', async () => {
    expect((await started()).consumed).toEqual({ writes: 16, reads: 0, calls: 1 });
    const requestHash = 'a'.repeat(43);
    expect((await started({ requestHash })).consumed.writes).toBe(16);
  });

  test('a reply takes 16 the same way, 18 for the first answer, and 20 from then on', async () => {
    const { store } = stores;
    const one = await started();
    const same = await replyOf(store, one);
    expect((await spent(async () => store.send(same))).writes).toBe(16);
    const { thread, sender, recipient, consumed } = await answered();
    expect(consumed).toEqual({ writes: 18, reads: 0, calls: 1 });
    const next = await replyOf(store, { thread, sender, recipient });
    expect((await spent(async () => store.send(next))).writes).toBe(20);
  });

  test('a long text costs 2 for each KB of it', async () => {
    const { write, consumed } = await started({ body: 'x'.repeat(10_000) });
    expect(write.message.body).toHaveLength(10_000);
    expect(consumed.writes).toBe(14 + 2 * 10);
  });

  test('marking and deleting takes as much as is said', async () => {
    const { store } = stores;
    const { write, recipient: owner, thread } = await started();
    const [, copy] = write.copies;
    const first = write.recipient.after;
    if (!copy) throw new Error('there are two copies');
    const marked = { ...copy, mark: { isRead: true, reads: 0 }, readAt: startMs };
    const read = withMark(first, copy, true);
    const mark = {
      side: { before: first, after: read },
      copy: { before: copy, after: marked },
    };
    expect((await spent(async () => store.changeOwn(mark))).writes).toBe(7);
    const all = { side: { before: read, after: withAllRead(read, startMs) } };
    expect((await spent(async () => store.changeOwn(all))).writes).toBe(3);
    const cleared = withCleared(all.side.after, thread);
    const remove = { side: { before: all.side.after, after: cleared } };
    expect((await spent(async () => store.changeOwn(remove))).writes).toBe(3);

    const { thread: other, recipient, sender } = await answered();
    await store.send(await replyOf(store, { thread: other, sender, recipient }));
    const before = await store.side(recipient, other);
    if (!before) throw new Error('there is a side');
    const gone = { side: { before, after: withCleared(before, before.last) } };
    expect((await spent(async () => store.changeOwn(gone))).writes).toBe(6);
    expect((await store.state(owner)).unread).toBe(0);
  });

  test('a block takes 8', async () => {
    const { blocks } = stores;
    const block = { blocker: freshUser(), blocked: freshUser(), ulid: ulidAt(0) };
    expect(await spent(async () => blocks.add(block))).toEqual({ writes: 8, reads: 0, calls: 1 });
    expect(await spent(async () => blocks.remove(block))).toMatchObject({ writes: 8, calls: 2 });
  });
});

describe('calls of DynamoDB', () => {
  test('every read is one', async () => {
    const { store, blocks, upkeep } = stores;
    const { thread, recipient: owner } = await started();
    const reads: (() => Promise<unknown>)[] = [
      () => store.state(owner),
      () => store.side(owner, thread),
      () => store.sideAndState(owner, thread),
      () => store.sideAndCopy(owner, thread, thread),
      () => store.message(thread.slice(10)),
      () => store.bodies([thread, ulidAt(0)]),
      () => store.copies(owner, thread, { order: 'desc', limit: 20 }),
      () => store.folder(owner, 'inbox', { limit: 20 }),
      () => blocks.between(owner, freshUser()),
      () => blocks.list(owner, { limit: 20 }),
      () => upkeep.held([{ owner, thread, ulid: thread }]),
    ];
    for (const read of reads) expect((await spent(read)).calls).toBe(1);
  });
});
