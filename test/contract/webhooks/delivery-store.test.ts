import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { CapacityMeter } from '../../../bench/capacity/capacity-meter.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { deliveryUlid } from '../../../lambdas/webhooks/delivery.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import type { DeliveryStore } from '../../../lambdas/webhooks/delivery-store.ts';
import { dynamoDeliveryStore } from '../../../lambdas/webhooks/dynamo-delivery-store.ts';
import { dynamoLaneStore } from '../../../lambdas/webhooks/dynamo-lane-store.ts';
import { emptyLane } from '../../../lambdas/webhooks/lane.ts';
import type { LaneStore } from '../../../lambdas/webhooks/lane-store.ts';
import { connectionReset } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { InMemoryDeliveryStore } from '../../support/in-memory-delivery-store.ts';
import { InMemoryLaneStore } from '../../support/in-memory-lane-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

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

const startMs = Date.UTC(2026, 10, 21);
const startSeconds = startMs / 1000;
let nowMs = startMs;
afterEach(() => {
  nowMs = startMs;
});
const now = () => nowMs;

const stores: [string, () => { store: DeliveryStore; lanes: LaneStore }][] = [
  [
    'the double in memory',
    () => {
      const lanes = new InMemoryLaneStore();
      return { store: new InMemoryDeliveryStore(now, lanes.dueLanes), lanes };
    },
  ],
  [
    'the table',
    () => ({
      store: dynamoDeliveryStore(client, table.tableName, now),
      lanes: dynamoLaneStore(client, table.tableName),
    }),
  ],
];

let made = 0;
/** A delivery of an event of its own, a second after the last one. */
function newDelivery(hook: string, more: Partial<Delivery> = {}): Delivery {
  made += 1;
  const event = { id: `evt_${hook}_${String(made)}`, type: 'follow.created' };
  return {
    ulid: deliveryUlid(hook, { ...event, atMs: startMs + made * 1000 }),
    hook,
    owner: 'user:ada',
    target: 'https://example.org',
    event,
    status: 'pending',
    tries: 0,
    step: 0,
    attempts: [],
    epoch: 0,
    expiresAt: startSeconds + 1_000,
    version: 0,
    ...more,
  };
}

const freshHook = () => randomUlid(startMs);
const small = '{"id":1}';
const large = JSON.stringify({ text: 'x'.repeat(600) });

async function stored(store: DeliveryStore, delivery: Delivery, payload = small) {
  expect(await store.create(delivery, payload, false)).toEqual({});
  const found = await store.read(delivery.ulid);
  if (!found) throw new Error('it is stored');
  return found;
}

describe.each(stores)('deliveries in %s', (_name, open) => {
  test('are stored once; who comes later gets the one that there is', async () => {
    const { store } = open();
    const delivery = newDelivery(freshHook());
    const both = await Promise.all([
      store.create(delivery, small, true),
      store.create({ ...delivery, status: 'held' }, small, true),
    ]);
    const existing = both.flatMap((one) => one.existing ?? []);
    const found = await store.read(delivery.ulid);
    expect(existing).toEqual([found]);
    expect(found).toMatchObject({ version: 1, payload: small });
  });

  test('keep small payloads and batched ones themselves, others once for all', async () => {
    const { store } = open();
    const one = newDelivery(freshHook());
    const other = newDelivery(freshHook(), { event: one.event });
    const inRow = newDelivery(freshHook());
    await store.keepPayload(large, startSeconds + 2_000);
    await store.keepPayload(large, startSeconds + 1_000);
    await store.create(one, large, true);
    await store.create(other, large, true);
    await store.create(inRow, large, false);
    const rows = await store.readMany([one.ulid, other.ulid, inRow.ulid, freshHook()]);
    expect(rows).toHaveLength(3);
    expect(rows.filter(({ payload }) => payload === undefined)).toHaveLength(2);
    const payloads = await store.payloads(rows);
    expect([...payloads.values()]).toEqual([large, large, large]);
    // The shorter time, which came later, has not taken its place.
    nowMs += 1_999_000;
    expect(await store.payloads(rows)).toEqual(payloads);
    nowMs += 1_000;
    expect([...(await store.payloads(rows)).keys()]).toEqual([inRow.ulid]);
  });

  test('of events with the same id keep their own payloads, each as long as it is needed', async () => {
    const { store } = open();
    const one = newDelivery(freshHook());
    const other = newDelivery(freshHook(), { event: one.event });
    const another = large.replace('x', 'y');
    await store.keepPayload(large, startSeconds + 10);
    await store.keepPayload(another, startSeconds + 10);
    await store.create(one, large, true);
    await store.create(other, another, true);
    const rows = await store.readMany([one.ulid, other.ulid]);
    const payloads = await store.payloads(rows);
    expect([payloads.get(one.ulid), payloads.get(other.ulid)]).toEqual([large, another]);
    const mine = rows.filter(({ ulid }) => ulid === one.ulid);
    await store.prolongPayloads(mine, startSeconds + 20);
    await store.prolongPayloads(mine, startSeconds + 15);
    await store.prolongPayloads([newDelivery(freshHook(), { payloadKey: 'gone' })], startSeconds);
    nowMs += 19_000;
    expect(await store.payloads(rows)).toEqual(new Map([[one.ulid, large]]));
  });

  test('that were set going are due when their job is to be sent again', async () => {
    const { store } = open();
    const hook = freshHook();
    const one = await stored(store, newDelivery(hook));
    const going = { ...one, due: true, nextAttemptAt: 7_000, resendAt: 97_000 };
    expect(await store.replace(going)).toBe('replaced');
    expect(await store.replace(going)).toBe('replaced');
    expect(await store.replace({ ...going, resendAt: 97_001 })).toBe('changed');
    expect(await store.read(one.ulid)).toEqual({ ...going, version: going.version + 1 });
    const due = await store.dueUntil(97_000, 1_000);
    const row = due.find(({ delivery }) => delivery === one.ulid);
    expect(row).toMatchObject({ dueAt: 97_000 });
    if (row) await store.undue(row);
    const after = await store.read(one.ulid);
    expect(after).toMatchObject({ nextAttemptAt: 7_000 });
    expect(after).not.toHaveProperty('resendAt');
  });

  test('are replaced and removed as they were read only; the same replace again is one', async () => {
    const { store } = open();
    const read = await stored(store, newDelivery(freshHook()));
    const outcomes = await Promise.all([
      store.replace({ ...read, tries: 1 }),
      store.replace({ ...read, tries: 2 }),
    ]);
    expect(outcomes.toSorted()).toEqual(['changed', 'replaced']);
    const tries = outcomes[0] === 'replaced' ? 1 : 2;
    expect(await store.replace({ ...read, tries })).toBe('replaced');
    expect(await store.read(read.ulid)).toEqual({ ...read, tries, version: 2 });
    expect(await store.remove(read)).toBe('changed');
    expect(await store.remove({ ...read, version: 2 })).toBe('removed');
    expect(await store.remove({ ...read, version: 2 })).toBe('removed');
    expect(await store.replace({ ...read, tries: 9 })).toBe('changed');
    expect(await store.read(read.ulid)).toBeUndefined();
  });

  test('come back with all that they hold', async () => {
    const { store } = open();
    const attempt = {
      at: startMs,
      durationMs: 12,
      status: 500,
      error: { kind: 'status' as const, message: 'status 500' },
      responseHeaders: { 'content-type': 'text/plain' },
      responseBody: 'no',
    };
    const read = await stored(
      store,
      newDelivery(freshHook(), { owner: null, batch: 3, sequence: '7' }),
    );
    const full: Delivery = {
      ...read,
      status: 'failed',
      tries: 1,
      attempts: [attempt],
      nextAttemptAt: startMs + 5,
      due: true,
      turn: { single: true, reserved: true },
      lastStatus: null,
    };
    await store.replace(full);
    expect(await store.read(read.ulid)).toEqual({ ...full, version: 2 });
  });

  test('are gone when they have expired, whenever they are deleted', async () => {
    const { store } = open();
    const hook = freshHook();
    const failed = newDelivery(hook, { status: 'failed', lastStatus: 500 });
    await stored(store, failed);
    nowMs += 1_000_000;
    expect(await store.read(failed.ulid)).toBeUndefined();
    expect(await store.readMany([failed.ulid])).toEqual([]);
    expect((await store.ofHook(hook, { order: 'asc', limit: 5 })).deliveries).toEqual([]);
    const { deliveries } = await store.failures('all', { limit: 100 });
    expect(deliveries.map(({ ulid }) => ulid)).not.toContain(failed.ulid);
    const again = { ...failed, expiresAt: startSeconds + 5_000 };
    expect(await store.create(again, small, true)).toEqual({});
  });

  test('of a hook are listed in both orders, by range, status and size, page after page', async () => {
    const { store } = open();
    const hook = freshHook();
    const ulids: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      const delivery = newDelivery(hook, { status: at % 2 === 0 ? 'delivered' : 'failed' });
      await stored(store, delivery, 'x'.repeat(100));
      ulids.push(delivery.ulid);
    }
    await stored(store, newDelivery(freshHook()));
    const list = async (range: Partial<Parameters<DeliveryStore['ofHook']>[1]>) => {
      const found: string[][] = [];
      let after: string | undefined;
      do {
        const page = await store.ofHook(hook, { order: 'asc', limit: 10, ...range, after });
        if (page.deliveries.length > 0) found.push(page.deliveries.map(({ ulid }) => ulid));
        after = page.after;
      } while (after !== undefined);
      return found;
    };
    expect(await list({})).toEqual([ulids]);
    expect(await list({ order: 'desc', limit: 4 })).toEqual([
      ulids.toReversed().slice(0, 4),
      ulids.toReversed().slice(4),
    ]);
    expect(await list({ limit: 3 })).toEqual([ulids.slice(0, 3), ulids.slice(3)]);
    expect(await list({ from: ulids[1], to: ulids[3] })).toEqual([ulids.slice(1, 4)]);
    expect(await list({ statuses: ['failed', 'held'] })).toEqual([[ulids[1], ulids[3], ulids[5]]]);
    expect(await list({ batches: { from: 0, to: 9 } })).toEqual([]);
    expect(await list({ maxBytes: 250 })).toEqual([
      ulids.slice(0, 2),
      ulids.slice(2, 4),
      ulids.slice(4),
    ]);
    expect((await list({ maxBytes: 1 })).flat()).toEqual(ulids);
    expect(await list({ from: ulids[1], order: 'desc', limit: 2 })).toEqual([
      [ulids[5], ulids[4]],
      [ulids[3], ulids[2]],
      [ulids[1]],
    ]);
  });

  test('of a hook are found by the batches that they were stored for', async () => {
    const { store } = open();
    const hook = freshHook();
    const ulids: string[] = [];
    for (const batch of [1, 2, 3, 4]) {
      const delivery = newDelivery(hook, { status: batch === 3 ? 'failed' : 'stored', batch });
      await stored(store, delivery);
      ulids.push(delivery.ulid);
    }
    const found = async (from: number, to: number) => {
      const batches = { from, to };
      const range = { order: 'asc', statuses: ['stored'], batches, limit: 10 } as const;
      return (await store.ofHook(hook, range)).deliveries.map(({ ulid }) => ulid);
    };
    expect(await found(2, 4)).toEqual([ulids[1], ulids[3]]);
    expect(await found(1, 1)).toEqual([ulids[0]]);
    expect(await found(3, 2)).toEqual([]);
  });

  test('that failed are found by owner and all, newest first, as long as they are failed', async () => {
    const { store } = open();
    const owner = `user:${freshHook()}`;
    const rows: Delivery[] = [];
    for (let at = 0; at < 5; at += 1) {
      rows.push(
        await stored(store, newDelivery(freshHook(), { owner, status: 'failed', lastStatus: 500 })),
      );
    }
    const installation = await stored(
      store,
      newDelivery(freshHook(), { owner: null, status: 'failed', lastStatus: null }),
    );
    const newest = rows.map(({ ulid }) => ulid).toReversed();
    const first = await store.failures({ owner }, { limit: 3 });
    expect(first.deliveries.map(({ ulid }) => ulid)).toEqual(newest.slice(0, 3));
    expect(first.after).toBe(newest[2]);
    const rest = await store.failures({ owner }, { after: first.after, limit: 3 });
    expect(rest).toMatchObject({ deliveries: [{ ulid: newest[3] }, { ulid: newest[4] }] });
    expect(rest.after).toBeUndefined();
    const [retried] = rows;
    if (!retried) throw new Error('there are five');
    const { lastStatus: _last, ...pending } = retried;
    await store.replace({ ...pending, status: 'pending' });
    const left = await store.failures({ owner }, { limit: 10 });
    expect(left.deliveries.map(({ ulid }) => ulid)).toEqual(newest.slice(0, 4));
    const ofAll = await store.failures('all', { limit: 100 });
    expect(ofAll.deliveries.map(({ ulid }) => ulid)).toEqual(
      expect.arrayContaining([installation.ulid, ...newest.slice(0, 4)]),
    );
    const ofNone = await store.failures({ owner: null }, { limit: 100 });
    expect(ofNone.deliveries.map(({ ulid }) => ulid)).toContain(installation.ulid);
    expect(ofNone.deliveries.map(({ owner: of }) => of)).not.toContain(owner);
  });

  test('and lanes that are due come with what their jobs say, until they are taken out', async () => {
    const { store, lanes } = open();
    const [one, other] = [newDelivery(freshHook()), newDelivery(freshHook())];
    const first = await stored(store, one);
    const second = await stored(store, other);
    await store.replace({ ...first, tries: 2, due: true, nextAttemptAt: 5_000 });
    await store.replace({ ...second, due: true, nextAttemptAt: 4_000, turn: { reserved: true } });
    const lane = freshHook();
    await lanes.save({ ...emptyLane(lane), wakeAt: 4_500, due: true });
    const rows = [
      { hook: other.hook, delivery: other.ulid, dueAt: 4_000, tries: 0, reserved: true },
      { hook: lane, dueAt: 4_500 },
      { hook: one.hook, delivery: one.ulid, dueAt: 5_000, tries: 2 },
    ];
    expect(await store.dueUntil(5_000, 10)).toEqual(rows);
    expect(await store.dueUntil(4_999, 10)).toEqual(rows.slice(0, 2));
    expect(await store.dueUntil(5_000, 2)).toEqual(rows.slice(0, 2));
    await store.undue({ hook: one.hook, delivery: one.ulid, dueAt: 4_000, tries: 2 });
    expect(await store.dueUntil(5_000, 10)).toEqual(rows);
    for (const row of rows) await store.undue(row);
    expect(await store.dueUntil(5_000, 10)).toEqual([]);
    const after = await store.read(one.ulid);
    expect(after).toMatchObject({ version: 2, nextAttemptAt: 5_000 });
    expect(after?.due).toBeUndefined();
    expect((await lanes.read(lane)).due ?? false).toBe(false);
  });
});

describe('what DynamoDB refuses of deliveries', () => {
  const lost = { kind: 'answer lost', error: connectionReset() } as const;

  test('a lost answer of a write leaves it done, and a repeat says so', async () => {
    const store = dynamoDeliveryStore(client, table.tableName, now);
    const delivery = newDelivery(freshHook());
    mend = failCalls(client, [
      { operation: 'PutItem', nth: [1, 3], fault: lost },
      { operation: 'DeleteItem', nth: [1], fault: lost },
    ]);
    await expect(store.create(delivery, small, true)).rejects.toThrow(TransientError);
    const { existing } = await store.create(delivery, small, true);
    if (!existing) throw new Error('it is stored');
    const failed: Delivery = {
      ...existing,
      status: 'pending',
      due: true,
      nextAttemptAt: startMs,
      turn: { single: true },
    };
    await expect(store.replace(failed)).rejects.toThrow(TransientError);
    expect(await store.replace(failed)).toBe('replaced');
    const last = { ...failed, version: 2 };
    await expect(store.remove(last)).rejects.toThrow(TransientError);
    expect(await store.remove(last)).toBe('removed');
  });

  test('keys that are handed back are asked for again', async () => {
    const store = dynamoDeliveryStore(client, table.tableName, now);
    const hook = freshHook();
    const rows = [];
    for (let at = 0; at < 5; at += 1) rows.push(await stored(store, newDelivery(hook)));
    const ulids = rows.map(({ ulid }) => ulid);
    mend = failCalls(client, [
      { operation: 'BatchGetItem', nth: [1], fault: { kind: 'handed back', items: 2 } },
    ]);
    const found = await store.readMany(ulids);
    expect(found.map(({ ulid }) => ulid).toSorted()).toEqual(ulids.toSorted());
  });
});

test('failures that their index still shows are left out once they are retried or deleted', async () => {
  const owner = `user:${freshHook()}`;
  const store = dynamoDeliveryStore(client, table.tableName, now);
  const failed: Delivery[] = [];
  for (let at = 0; at < 3; at += 1) {
    const one = newDelivery(freshHook(), { owner, status: 'failed', lastStatus: 500 });
    failed.push(await stored(store, one));
  }
  const [deleted, kept, retried] = failed;
  if (!deleted || !kept || !retried) throw new Error('there are three');
  const behind = dynamoDeliveryStore(await withIndexAsNow(), table.tableName, now);
  const { lastStatus: _last, ...pending } = retried;
  await store.replace({ ...pending, status: 'pending' });
  await store.remove(deleted);
  const page = await behind.failures({ owner }, { limit: 3 });
  expect(page.deliveries.map(({ ulid }) => ulid)).toEqual([kept.ulid]);
  // It goes on behind what the index shows, not behind what is left of it.
  expect(page.after).toBe(deleted.ulid);

  /** A client by which an index shows for ever what it shows now. */
  async function withIndexAsNow(): Promise<DynamoDBDocumentClient> {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'failures',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': indexes.failures.partitionKey },
        ExpressionAttributeValues: { ':owner': owner },
        ScanIndexForward: false,
      }),
    );
    expect(Items).toHaveLength(3);
    const send = async (command: Parameters<DynamoDBDocumentClient['send']>[0]) =>
      command instanceof QueryCommand ? { Items } : client.send(command);
    return { send } as DynamoDBDocumentClient;
  }
});

test('reading few of many deliveries reads few', async () => {
  const metered = table.connect({});
  const meter = new CapacityMeter(metered, table.client, { [table.tableName]: indexes });
  const store = dynamoDeliveryStore(metered, table.tableName, now);
  const hook = freshHook();
  for (let at = 0; at < 40; at += 1)
    await store.create(newDelivery(hook), 'x'.repeat(3_500), false);
  const { reads } = await meter.measure(async () => {
    const page = await store.ofHook(hook, { order: 'desc', limit: 1 });
    expect(page.deliveries).toHaveLength(1);
    expect(page.after).toBe(page.deliveries[0]?.ulid);
  });
  // Two rows of 4 KB.
  expect(reads).toBe(2);
});

test('a success at the first try takes two write units, a larger payload its size once', async () => {
  const metered = table.connect({});
  const meter = new CapacityMeter(metered, table.client, { [table.tableName]: indexes });
  const store = dynamoDeliveryStore(metered, table.tableName, now);
  const delivery = newDelivery(freshHook());
  const success = async (payload: string, one: Delivery) => {
    await store.create(one, payload, true);
    await store.replace({
      ...one,
      ...(Buffer.byteLength(payload) <= 512 && { payload }),
      status: 'delivered',
      tries: 1,
      version: 1,
      attempts: [
        { at: startMs, durationMs: 5, status: 200, responseHeaders: {}, responseBody: 'ok' },
      ],
    });
  };
  expect(await meter.measure(async () => success('x'.repeat(400), delivery))).toMatchObject({
    writes: 2,
    calls: 2,
  });
  const large3 = 'x'.repeat(2_500);
  const consumed = await meter.measure(async () => {
    const first = newDelivery(freshHook());
    await store.keepPayload(large3, startSeconds + 9);
    await success(large3, first);
    await success(large3, newDelivery(freshHook(), { event: first.event }));
  });
  expect(consumed.writes).toBe(3 + 2 * 2);
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.tableName, Key: keys.delivery(delivery.ulid) }),
  );
  expect(Item?.['status']).toBe('delivered');
});
