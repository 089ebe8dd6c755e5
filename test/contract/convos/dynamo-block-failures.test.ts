import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { indexes } from '../../../lambdas/convos/contract.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { inTable } from '../../support/convo-stores.ts';
import type { ConvoStores } from '../../support/convo-stores.ts';
import { freshUser, ulidAt } from '../../support/convo-writes.ts';
import { connectionReset, transactionCanceled } from '../../support/dynamodb-errors.ts';
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
const block = () => ({ blocker: freshUser(), blocked: freshUser(), ulid: ulidAt(0) });

describe('what DynamoDB refuses of blocks', () => {
  test.each<[string, CancellationCode[], string, string]>([
    ['another writes a state', ['None', 'None', 'None', 'TransactionConflict'], 'busy', 'busy'],
    ['a partition is full', ['ThrottlingError', 'None', 'None', 'None'], 'busy', 'busy'],
    [
      'the pair changed and another writes a state',
      ['ConditionalCheckFailed', 'None', 'TransactionConflict', 'None'],
      'exists',
      // It was read a moment before: who tries again sees what it is now.
      'busy',
    ],
  ])('when %s', async (_what, codes, adding, removing) => {
    const { blocks } = stores;
    const one = block();
    refuse(transactionCanceled(codes));
    expect(await blocks.add(one)).toBe(adding);
    expect(await blocks.add(one)).toBe('done');
    mend();
    refuse(transactionCanceled(codes));
    expect(await blocks.remove(one)).toBe(removing);
    expect(await blocks.remove(one)).toBe('done');
  });

  test.each<CancellationCode>(['TransactionConflict', 'ThrottlingError'])(
    'a look at what is being written (%s) passes, and is made anew',
    async (code) => {
      const { blocked, blocker } = block();
      const error = transactionCanceled(['None', code]);
      fail({ operation: 'TransactGetItems', nth: [1], fault: { kind: 'refused', error } });
      const look = async () => stores.blocks.lookBeforeSending(blocker, blocked);
      await expect(look()).rejects.toThrow(TransientError);
      expect(await look()).toEqual({ blocked: false, blockChanges: 0 });
    },
  );

  test('a lost answer leaves it done, and a repeat says so', async () => {
    const { store, blocks } = stores;
    const one = block();
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    fail({ operation: 'TransactWriteItems', nth: [1, 3], fault });
    await expect(blocks.add(one)).rejects.toThrow(TransientError);
    expect(await blocks.add(one)).toBe('exists');
    await expect(blocks.remove(one)).rejects.toThrow(TransientError);
    expect(await blocks.remove(one)).toBe('stale');
    expect((await store.state(one.blocked)).blockChanges).toBe(2);
  });

  test('a block back that comes while one is lifted survives it', async () => {
    const { blocks } = stores;
    for (let round = 0; round < 10; round++) {
      const one = block();
      const back = { blocker: one.blocked, blocked: one.blocker, ulid: ulidAt(1) };
      await blocks.add(one);
      const [lifted, added] = await Promise.all([blocks.remove(one), blocks.add(back)]);
      expect(added).toBe('done');
      expect(await blocks.between(one.blocker, one.blocked)).toEqual({
        ofOther: back.ulid,
        ...(lifted === 'busy' && { ofOne: one.ulid }),
      });
    }
  });
});
