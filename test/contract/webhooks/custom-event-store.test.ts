import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { customEventOf } from '../../../lambdas/webhooks/custom-event.ts';
import type { CustomEventStore } from '../../../lambdas/webhooks/custom-event-store.ts';
import { dynamoCustomEventStore } from '../../../lambdas/webhooks/dynamo-custom-event-store.ts';
import { connectionReset } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { InMemoryCustomEvents } from '../../support/in-memory-custom-events.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

jest.setTimeout(30_000);

let table: LocalTable;
/** Repeats nothing by itself. */
let client: DynamoDBDocumentClient;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({ maxAttempts: 1 });
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

const event = (more: Record<string, string> = {}) => ({
  id: `mine:${randomUUID()}`,
  type: 'article.published',
  at: '2026-11-21T10:30:00.000Z',
  audience: ['user:amy'],
  data: '{"title":"One"}',
  bodyHash: 'one',
  ...more,
});
const stores: [string, () => CustomEventStore][] = [
  ['the table', () => dynamoCustomEventStore(client, table.tableName)],
  ['memory', () => new InMemoryCustomEvents()],
];

describe.each(stores)('sent events in %s', (_name, open) => {
  test('an id is taken once, and then tells the body that it was taken with', async () => {
    const store = open();
    const one = event();
    expect(await store.create(one, 5)).toEqual({});
    expect(await store.create(one, 9)).toEqual({ existing: { bodyHash: 'one' } });
    const other = { ...one, bodyHash: 'other' };
    expect(await store.create(other, 9)).toEqual({ existing: { bodyHash: 'one' } });
    expect(await store.create(event(), 5)).toEqual({});
  });

  test('of any number with one id at once exactly one is stored', async () => {
    const store = open();
    const one = event();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_none, at) =>
        store.create({ ...one, bodyHash: `hash ${at}` }, 5),
      ),
    );
    const first = outcomes.findIndex(({ existing }) => existing === undefined);
    expect(first).toBeGreaterThanOrEqual(0);
    for (const [at, { existing }] of outcomes.entries()) {
      expect(existing).toEqual(at === first ? undefined : { bodyHash: `hash ${first}` });
    }
  });
});

const read = async (id: string) => {
  const { Item } = await client.send(
    new GetCommand({ TableName: table.tableName, Key: keys.custom(id), ConsistentRead: true }),
  );
  return Item;
};

describe('a sent event in the table', () => {
  test('is stored whole, as large as the API takes it, with its end', async () => {
    const one = event({ data: JSON.stringify({ title: 'ä'.repeat(120_000) }) });
    await dynamoCustomEventStore(client, table.tableName).create(one, 1_234);
    const row = await read(one.id);
    expect(customEventOf(row ?? {})).toEqual(one);
    expect(row?.['expiresAt']).toBe(1_234);
  });

  test('whose answer was lost is there, and a repeat finds it', async () => {
    const store = dynamoCustomEventStore(client, table.tableName);
    const one = event();
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    mend = failCalls(client, [{ operation: 'PutItem', nth: [1], fault }]);
    await expect(store.create(one, 5)).rejects.toThrow(TransientError);
    expect(await store.create(one, 5)).toEqual({ existing: { bodyHash: 'one' } });
  });
});
