import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { indexes } from '../../../lambdas/convos/contract.ts';
import type { OwnWrite, SendWrite } from '../../../lambdas/convos/convo-store.ts';
import { nonceOf } from '../../../lambdas/convos/message.ts';
import { withAllRead, withoutMessage } from '../../../lambdas/convos/thread-side.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { inTable } from '../../support/convo-stores.ts';
import type { ConvoStores } from '../../support/convo-stores.ts';
import { freshUser, replyOf, startMs, ulidAt, writeOf } from '../../support/convo-writes.ts';
import {
  connectionReset,
  internalServerError,
  provisionedThroughputExceeded,
  throttled,
  timedOut,
  transactionCanceled,
} from '../../support/dynamodb-errors.ts';
import type { CancellationCode } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import type { FailingCall } from '../../support/failing-calls.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
/** Repeats nothing by itself. */
let client: DynamoDBDocumentClient;
let stores: ConvoStores;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({ maxAttempts: 1 });
  stores = inTable({ client, tableName: table.tableName });
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

const fail = (...failing: FailingCall[]) => {
  mend = failCalls(client, failing);
};
const refuse = (error: Error) =>
  fail({ operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } });
const everyTry = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Where the items of a new thread stand in its transaction. */
const places = ['message', 'sender', 'recipient', 'copy', 'copy back', 'state', 'hour'] as const;
type Place = (typeof places)[number];
const cancelled = (codes: Partial<Record<Place, CancellationCode>>) =>
  transactionCanceled(places.map((place) => codes[place] ?? 'None'));

const start = (): SendWrite =>
  writeOf({
    sender: freshUser(),
    recipient: freshUser(),
    newThread: { hour: 1, limit: 60, expiresAtSeconds: 10_800 },
  });

/** A thread of somebody who has not read it, and the change that reads it. */
async function unread(): Promise<{ write: OwnWrite; owner: string; thread: string }> {
  const sent = start();
  await stores.store.send(sent);
  const before = sent.recipient.after;
  const side = { before, after: withAllRead(before, startMs) };
  return { write: { side }, owner: before.owner, thread: before.thread };
}

describe('what DynamoDB refuses of a message', () => {
  const condition = 'ConditionalCheckFailed';
  test.each<[string, Partial<Record<Place, CancellationCode>>, string]>([
    ['the recipient’s state is written by another', { state: 'TransactionConflict' }, 'busy'],
    ['a side is written by another', { sender: 'TransactionConflict' }, 'busy'],
    ['a partition is full', { recipient: 'ThrottlingError' }, 'busy'],
    ['the hour’s partition is full', { hour: 'ProvisionedThroughputExceeded' }, 'busy'],
    ['the nonce is used', { message: condition }, 'taken'],
    ['the sender’s side changed', { sender: condition }, 'stale'],
    ['the recipient’s side changed', { recipient: condition }, 'stale'],
    ['the recipient’s blocks changed', { state: condition }, 'stale'],
    ['the hour is full', { hour: condition }, 'limit'],
    [
      'the nonce is used and all else is wrong too',
      { message: condition, sender: condition, hour: condition, state: 'TransactionConflict' },
      'taken',
    ],
    [
      'a side changed, the hour is full, and another writes the message',
      { message: 'TransactionConflict', recipient: condition, hour: condition },
      'stale',
    ],
    [
      'the hour is full and others are writing, maybe this very message',
      { hour: condition, state: 'TransactionConflict' },
      'busy',
    ],
  ])('when %s', async (_what, codes, outcome) => {
    const write = start();
    refuse(cancelled(codes));
    expect(await stores.store.send(write)).toBe(outcome);
    expect(await stores.store.send(write)).toBe('sent');
  });

  test('the places are those of the items as they are sent', async () => {
    const { store, blocks } = stores;
    const write = start();
    await store.send(write);
    const { sender, recipient } = write.message;
    await blocks.add({ blocker: recipient, blocked: freshUser(), ulid: ulidAt(0) });
    const full = { hour: 1, limit: 1, expiresAtSeconds: 10_800 };
    const outcomes = [];
    for (const again of [
      write,
      writeOf({ sender, recipient, newThread: full }),
      writeOf({ sender, recipient: freshUser(), newThread: full }),
      writeOf({ sender, recipient: freshUser(), newThread: { ...full, limit: 2 } }),
    ]) {
      outcomes.push(await store.send(again));
    }
    expect(outcomes).toEqual(['taken', 'stale', 'limit', 'sent']);
  });

  test('an item that is wrong in itself is no passing failure', async () => {
    const error = cancelled({ message: 'ValidationError' });
    refuse(error);
    await expect(stores.store.send(start())).rejects.toBe(error);
  });

  test('a lost answer leaves the message sent, so that a repeat finds its nonce taken', async () => {
    const { store } = stores;
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    fail({ operation: 'TransactWriteItems', nth: [1], fault });
    const write = start();
    await expect(store.send(write)).rejects.toThrow(TransientError);
    expect(await store.send(write)).toBe('taken');
    expect(await store.message(nonceOf(write.message.ulid))).toEqual(write.message);
    expect((await store.state(write.message.recipient)).unread).toBe(1);
  });

  test('a transaction that the SDK repeats after a lost answer happens once and is done', async () => {
    const patient = table.connect({ maxAttempts: 2 });
    const error = connectionReset();
    failCalls(patient, [
      { operation: 'TransactWriteItems', nth: [1], fault: { kind: 'answer lost', error } },
    ]);
    const { store } = inTable({ client: patient, tableName: table.tableName });
    const write = start();
    expect(await store.send(write)).toBe('sent');
    expect((await store.state(write.message.recipient)).unread).toBe(1);
  });
});

describe('what DynamoDB refuses of a change of one’s own', () => {
  test.each<[string, CancellationCode[], string]>([
    ['another writes the side', ['TransactionConflict', 'None'], 'busy'],
    ['another writes the state', ['None', 'TransactionConflict'], 'busy'],
    ['a partition is full', ['None', 'ThrottlingError'], 'busy'],
    ['the side changed', ['ConditionalCheckFailed', 'None'], 'stale'],
    [
      'the side changed and another writes the state',
      ['ConditionalCheckFailed', 'TransactionConflict'],
      'stale',
    ],
  ])('when %s', async (_what, codes, outcome) => {
    const { write } = await unread();
    refuse(transactionCanceled(codes));
    expect(await stores.store.changeOwn(write)).toBe(outcome);
    expect(await stores.store.changeOwn(write)).toBe('done');
  });

  test('a lost answer leaves it done, so that a repeat is stale and counts nothing twice', async () => {
    const { store } = stores;
    const { write, owner, thread } = await unread();
    const fault = { kind: 'answer lost', error: timedOut() } as const;
    fail({ operation: 'TransactWriteItems', nth: [1], fault });
    await expect(store.changeOwn(write)).rejects.toThrow(TransientError);
    expect(await store.side(owner, thread)).toEqual(write.side.after);
    expect(await store.changeOwn(write)).toBe('stale');
    expect(await store.state(owner)).toEqual({ unread: 0, unreadThreads: 0, blockChanges: 0 });
  });

  test('a removal whose answer was lost is not done twice', async () => {
    const { store } = stores;
    const sent = start();
    await store.send(sent);
    const copy = sent.copies[1];
    const before = sent.recipient.after;
    if (!copy) throw new Error('there are two copies');
    const side = { before, after: withoutMessage(before, copy, undefined) };
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    fail({ operation: 'TransactWriteItems', nth: [1], fault });
    await expect(store.changeOwn({ side, copy: { before: copy } })).rejects.toThrow(TransientError);
    expect(await store.changeOwn({ side, copy: { before: copy } })).toBe('stale');
    expect((await store.state(copy.owner)).unread).toBe(0);
  });
});

describe('what DynamoDB refuses for a passing reason', () => {
  test.each([
    ['throttling', throttled()],
    ['a full partition', provisionedThroughputExceeded()],
    ['a fault of the service', internalServerError()],
    ['a time-out', timedOut()],
    ['a lost connection', connectionReset()],
  ])('%s', async (_what, error) => {
    const { store, blocks, upkeep } = stores;
    const { write, owner, thread } = await unread();
    const fault = { kind: 'refused', error } as const;
    const operations = [
      'TransactWriteItems',
      'BatchGetItem',
      'BatchWriteItem',
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'Query',
    ];
    fail(...operations.map((operation) => ({ operation, nth: everyTry, fault })));
    const calls: (() => Promise<unknown>)[] = [
      () => store.send(start()),
      () => store.changeOwn(write),
      () => store.state(owner),
      () => store.sideAndState(owner, thread),
      () => store.bodies([thread]),
      () => store.copies(owner, thread, { order: 'asc', limit: 5 }),
      () => store.folder(owner, 'inbox', { limit: 5 }),
      () => blocks.between(owner, freshUser()),
      () => upkeep.held([{ owner, thread, ulid: thread }]),
      () => upkeep.removeCopies([{ owner, thread, ulid: thread }]),
      () => upkeep.removeMessage(thread, startMs, startMs + 1000),
      () => upkeep.removeMessage(thread, startMs, startMs),
      () => upkeep.removeState(owner),
      () => upkeep.beginErasure(owner, ulidAt(0)),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(TransientError);
  });

  test('keys that are handed back are read again, until all are there', async () => {
    const { store, upkeep } = stores;
    const first = start();
    await store.send(first);
    const { thread, sender, recipient } = first.message;
    const ulids = [thread];
    while (ulids.length < 5) {
      const reply = await replyOf(store, { thread, sender, recipient });
      await store.send(reply);
      ulids.push(reply.message.ulid);
    }
    const owner = recipient;
    const copies = ulids.map((ulid) => ({ owner, thread, ulid }));
    const fault = { kind: 'handed back', items: 1 } as const;
    fail({ operation: 'BatchGetItem', nth: [1, 3, 5, 7], fault });
    const { side, state } = await store.sideAndState(owner, thread);
    expect([side?.received, state.unread]).toEqual([5, 5]);
    const both = await store.sideAndCopy(owner, thread, thread);
    expect([both.side?.thread, both.copy?.ulid]).toEqual([thread, thread]);
    expect([...(await store.bodies(ulids)).keys()].toSorted()).toEqual(ulids);
    expect(await upkeep.held(copies)).toEqual(new Set(ulids));
  });

  test('keys that stay unprocessed are a passing failure', async () => {
    const { thread } = await unread();
    const ulids = [thread, ...Array.from({ length: 19 }, () => ulidAt(0))];
    // Each read gives one.
    fail(
      ...ulids.map((_ulid, at) => ({
        operation: 'BatchGetItem',
        nth: [at + 1],
        fault: { kind: 'handed back' as const, items: ulids.length - 1 - at },
      })),
    );
    await expect(stores.store.bodies(ulids)).rejects.toThrow('keys stay unprocessed');
  }, 20_000);
});
