import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { indexes } from '../../../lambdas/follows/contract.ts';
import { DynamoErasureStore } from '../../../lambdas/follows/dynamo-erasure-store.ts';
import { DynamoFollowStore } from '../../../lambdas/follows/dynamo-follow-store.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import {
  connectionReset,
  internalServerError,
  provisionedThroughputExceeded,
  throttled,
  timedOut,
  transactionCanceled,
} from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import type { FailingCall } from '../../support/failing-calls.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
/** Repeats nothing by itself. */
let client: DynamoDBDocumentClient;
let store: DynamoFollowStore;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({ maxAttempts: 1 });
  store = new DynamoFollowStore(client, table.tableName);
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

const fail = (...failing: FailingCall[]) => {
  mend = failCalls(client, failing);
};
let serial = 0;
const write = () => ({
  follower: `user:f${++serial}`,
  followed: `user:g${serial}`,
  followId: ulid(),
  shards: { follower: 0, followed: 0 },
});
const everyTry = [1, 2, 3, 4, 5, 6];

describe('what DynamoDB refuses', () => {
  test.each([
    ['the followed one’s counter', ['None', 'TransactionConflict', 'None', 'None'], ['followed']],
    [
      'both counters',
      ['TransactionConflict', 'TransactionConflict', 'None', 'None'],
      ['follower', 'followed'],
    ],
    ['an edge', ['None', 'None', 'TransactionConflict', 'None'], []],
    ['a busy partition', ['None', 'ThrottlingError', 'None', 'None'], ['followed']],
  ] as const)('a transaction that collides at %s is busy', async (_where, codes, counters) => {
    const error = transactionCanceled(codes);
    fail({ operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } });
    expect(await store.commitFollow(write())).toEqual({ outcome: 'busy', counters });
  });

  test('a false condition weighs more than a collision: what was read is stale', async () => {
    const error = transactionCanceled([
      'TransactionConflict',
      'None',
      'ConditionalCheckFailed',
      'None',
    ]);
    fail({ operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } });
    expect(await store.commitFollow(write())).toEqual({ outcome: 'stale' });
  });

  test('an item that is wrong in itself is no passing failure', async () => {
    const error = transactionCanceled(['None', 'None', 'ValidationError', 'None']);
    fail({ operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } });
    await expect(store.commitFollow(write())).rejects.toBe(error);
  });

  test.each([
    ['throttling', throttled()],
    ['a full partition', provisionedThroughputExceeded()],
    ['a fault of the service', internalServerError()],
    ['a time-out', timedOut()],
    ['a lost connection', connectionReset()],
  ])('%s is a passing failure, of reads and writes', async (_what, error) => {
    const fault = { kind: 'refused', error } as const;
    fail(
      { operation: 'TransactWriteItems', nth: everyTry, fault },
      { operation: 'BatchGetItem', nth: everyTry, fault },
      { operation: 'Query', nth: everyTry, fault },
    );
    const pair = write();
    await expect(store.commitFollow(pair)).rejects.toThrow(TransientError);
    await expect(store.edges([pair])).rejects.toThrow(TransientError);
    await expect(store.counters(pair.follower)).rejects.toThrow(TransientError);
  });

  test('a lost answer leaves the follow written', async () => {
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    fail({ operation: 'TransactWriteItems', nth: [1], fault });
    const pair = write();
    await expect(store.commitFollow(pair)).rejects.toThrow(TransientError);
    expect(await store.edges([pair])).toMatchObject([{ followId: pair.followId }]);
  });

  test('a transaction that the SDK repeats after a lost answer happens once and is done', async () => {
    const patient = table.connect({ maxAttempts: 2 });
    const error = connectionReset();
    failCalls(patient, [
      { operation: 'TransactWriteItems', nth: [1], fault: { kind: 'answer lost', error } },
    ]);
    const pair = write();
    const repeating = new DynamoFollowStore(patient, table.tableName);
    expect(await repeating.commitFollow(pair)).toEqual({ outcome: 'done' });
    const [counter] = await store.counters(pair.followed);
    expect(counter).toMatchObject({ writes: 1, values: { 'followers#user': 1 } });
  });

  test('keys that are handed back are read again, until all are there', async () => {
    const pairs = [write(), write(), write()];
    for (const pair of pairs) await store.commitFollow(pair);
    fail({ operation: 'BatchGetItem', nth: [1], fault: { kind: 'handed back', items: 2 } });
    const edges = await store.edges(pairs);
    expect(edges.map((edge) => edge?.followId)).toEqual(pairs.map(({ followId }) => followId));
  });

  test('counters that are being written are not deleted yet', async () => {
    const pair = write();
    await store.commitFollow(pair);
    const error = transactionCanceled(['TransactionConflict']);
    fail({ operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } });
    const erasures = new DynamoErasureStore(client, table.tableName);
    const shards = await store.counters(pair.followed);
    await expect(erasures.deleteCounters(pair.followed, shards)).rejects.toThrow(TransientError);
    expect(await store.counters(pair.followed)).toEqual(shards);
  });
});
