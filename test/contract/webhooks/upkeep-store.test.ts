import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { firstUlidAt, randomUlid } from '../../../lambdas/shared/identifier.ts';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { dynamoUpkeepStore } from '../../../lambdas/webhooks/dynamo-upkeep-store.ts';
import type { UpkeepStore } from '../../../lambdas/webhooks/upkeep-store.ts';
import { InMemoryWebhooksUpkeep } from '../../support/in-memory-webhooks-upkeep.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

/** A store, with ways of putting rows of a hook into it and of telling what there is. */
interface Opened {
  store: UpkeepStore;
  addDelivery: (hook: string, ulid: string, of?: string) => Promise<void>;
  addLane: (hook: string, key: string) => Promise<void>;
  left: (hook: string) => Promise<string[]>;
}

function inTable(): Opened {
  const { client, tableName } = table;
  const put = async (Item: Record<string, string>) => {
    await client.send(new PutCommand({ TableName: tableName, Item }));
  };
  const sortKeys = async (pk: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
      }),
    );
    return Items.map(({ sk }) => String(sk));
  };
  return {
    store: dynamoUpkeepStore(client, tableName),
    addDelivery: async (hook, ulid, of = hook) =>
      put({ pk: keys.deliveriesOf(hook), sk: ulid, hook: of }),
    addLane: async (hook, sk) => put({ pk: keys.lane(hook).pk, sk }),
    left: async (hook) => [
      ...(await sortKeys(keys.deliveriesOf(hook))),
      ...(await sortKeys(keys.lane(hook).pk)),
    ],
  };
}

function inMemory(): Opened {
  const store = new InMemoryWebhooksUpkeep();
  const partitions = new Map<object, string>();
  return {
    store,
    addDelivery: (hook, ulid, of = hook) => {
      const row = { hook: of, key: ulid };
      partitions.set(row, hook);
      store.deliveries.push(row);
      return Promise.resolve();
    },
    addLane: (hook, key) => {
      const row = { hook, key };
      partitions.set(row, hook);
      store.lanes.push(row);
      return Promise.resolve();
    },
    left: (hook) =>
      Promise.resolve(
        [...store.deliveries, ...store.lanes]
          .filter((row) => partitions.get(row) === hook)
          .map(({ key }) => key),
      ),
  };
}

const now = Date.parse('2026-11-21T10:30:00Z');
const newHook = () => randomUlid(now);
const ulids = (count: number) => Array.from({ length: count }, (_, at) => firstUlidAt(now + at));

describe.each([
  ['the table', inTable],
  ['memory', inMemory],
])('upkeep in %s', (_name, open) => {
  test('deliveries go oldest first, up to a limit and a ULID, and tell their number', async () => {
    const { store, addDelivery, left } = open();
    const hook = newHook();
    const all = ulids(30);
    for (const ulid of all) await addDelivery(hook, ulid);
    expect(await store.removeDeliveries(hook, { limit: 8 })).toBe(8);
    expect(await left(hook)).toEqual(all.slice(8));
    const upTo = all[19];
    expect(await store.removeDeliveries(hook, { upTo, limit: 100 })).toBe(12);
    expect(await left(hook)).toEqual(all.slice(20));
    expect(await store.removeDeliveries(hook, { upTo, limit: 100 })).toBe(0);
    expect(await store.removeDeliveries(hook, { limit: 100 })).toBe(10);
    expect(await left(hook)).toEqual([]);
  });

  test('deliveries of another hook with the same mark stay, however many come before', async () => {
    const { store, addDelivery, left } = open();
    const [hook, other] = [newHook(), newHook()];
    const [first = '', ...rest] = ulids(12).toReversed();
    for (const ulid of rest) await addDelivery(hook, ulid, other);
    await addDelivery(hook, first);
    expect(await store.removeDeliveries(hook, { limit: 3 })).toBe(1);
    expect(await left(hook)).toHaveLength(rest.length);
  });

  test('rows of a lane go up to a limit, and no other lane’s', async () => {
    const { store, addLane, left } = open();
    const [hook, other] = [newHook(), newHook()];
    for (const one of [hook, other]) {
      for (const key of ['LANE', 'Q#1', 'Q#2']) await addLane(one, key);
    }
    expect(await store.removeLane(hook, 2)).toBe(2);
    expect(await store.removeLane(hook, 2)).toBe(1);
    expect(await store.removeLane(hook, 2)).toBe(0);
    expect(await left(hook)).toEqual([]);
    expect(await left(other)).toHaveLength(3);
  });

  test('an erasure begins once, counts, and ends; a later one takes its place for good', async () => {
    const { store } = open();
    const ref = `user:${newHook()}`;
    const [first = '', later = ''] = ulids(2);
    expect(await store.erasure(ref)).toBeUndefined();
    await store.addErased(ref, first, 5);
    expect(await store.erasure(ref)).toBeUndefined();
    await store.beginErasure(ref, first);
    await store.addErased(ref, first, 5);
    await store.beginErasure(ref, first);
    await store.addErased(ref, first, 2);
    expect(await store.erasure(ref)).toEqual({ erasureId: first, removed: 7, done: false });
    await store.finishErasure(ref, first);
    expect(await store.erasure(ref)).toEqual({ erasureId: first, removed: 7, done: true });
    await store.beginErasure(ref, later);
    await store.beginErasure(ref, first);
    await store.addErased(ref, first, 1);
    await store.finishErasure(ref, first);
    expect(await store.erasure(ref)).toEqual({ erasureId: later, removed: 0, done: false });
  });
});
