import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes } from '../../../lambdas/webhooks/contract.ts';
import { dynamoDeliveryStore } from '../../../lambdas/webhooks/dynamo-delivery-store.ts';
import { dynamoLaneStore } from '../../../lambdas/webhooks/dynamo-lane-store.ts';
import type { DeliveryStore } from '../../../lambdas/webhooks/delivery-store.ts';
import { emptyLane, placeBehind } from '../../../lambdas/webhooks/lane.ts';
import type { BatchRecord, LaneStore } from '../../../lambdas/webhooks/lane-store.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { InMemoryDeliveryStore } from '../../support/in-memory-delivery-store.ts';
import { InMemoryLaneStore } from '../../support/in-memory-lane-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

interface Stores {
  lanes: LaneStore;
  deliveries: DeliveryStore;
}

function inMemory(): Stores {
  const lanes = new InMemoryLaneStore();
  return { lanes, deliveries: new InMemoryDeliveryStore(Date.now, lanes.dueLanes) };
}

function inTable(): Stores {
  const { client, tableName } = table;
  return {
    lanes: dynamoLaneStore(client, tableName),
    deliveries: dynamoDeliveryStore(client, tableName, Date.now),
  };
}

const newUlid = () => randomUlid(Date.now());

const expiresAt = Math.floor(Date.now() / 1000) + 1_000;

const recordOf = (batch: number, first: string): BatchRecord => ({
  batch,
  id: `batch_${first}`,
  first,
  last: first,
  attempt: { at: 1, durationMs: 2, status: 200, responseHeaders: { a: 'b' }, responseBody: 'ok' },
  expiresAt,
});

describe.each([
  ['the double in memory', inMemory],
  ['the table', inTable],
])('lanes in %s', (_name, make) => {
  test('a hook without a lane has an empty one', async () => {
    const hook = newUlid();
    expect(await make().lanes.read(hook)).toEqual(emptyLane(hook));
  });

  test('a lane is stored as it was read, and the same save again is no other change', async () => {
    const { lanes } = make();
    const hook = newUlid();
    const ulid = newUlid();
    const lane = {
      ...emptyLane(hook),
      stored: 3,
      oldest: ulid,
      flush: { upTo: 1, oldest: ulid, stored: 2, exhausted: { through: ulid, lastStatus: null } },
      done: [{ upTo: 1, after: ulid }],
      lastSequence: '18850000000000000256',
      wakeAt: undefined,
    };
    expect(await lanes.save(lane)).toBe('saved');
    expect(await lanes.save(lane)).toBe('saved');
    expect(await lanes.save({ ...lane, stored: 4 })).toBe('changed');
    const { wakeAt: _none, ...rest } = lane;
    expect(await lanes.read(hook)).toEqual({ ...rest, version: 1 });
    expect(await lanes.save({ ...rest, stored: 4, version: 1 })).toBe('saved');
    expect(await lanes.read(hook)).toMatchObject({ stored: 4, version: 2 });
  });

  test('a lane is in the due index while its timer lies far ahead', async () => {
    const { lanes, deliveries } = make();
    const hook = newUlid();
    const wakeAt = Date.now() + 5_000_000;
    await lanes.save({ ...emptyLane(hook), wakeAt, due: true });
    const dueOf = async () => {
      const rows = await deliveries.dueUntil(wakeAt, 1_000);
      return rows.filter((row) => row.hook === hook);
    };
    expect(await dueOf()).toEqual([{ hook, dueAt: wakeAt }]);
    await deliveries.undue({ hook, dueAt: wakeAt + 1 });
    expect(await dueOf()).toHaveLength(1);
    await deliveries.undue({ hook, dueAt: wakeAt });
    expect(await dueOf()).toEqual([]);
    const lane = await lanes.read(hook);
    expect(lane).toMatchObject({ wakeAt });
    expect(lane.due).toBeFalsy();
    expect(await lanes.save({ ...lane, wakeAt: undefined })).toBe('saved');
  });

  test('the queue keeps the order of sequence numbers, and an entry once', async () => {
    const { lanes } = make();
    const hook = newUlid();
    const [first, second] = [newUlid(), newUlid()];
    await lanes.enqueue(hook, '18850000000000000512', second);
    await lanes.enqueue(hook, '9999', first);
    await lanes.enqueue(hook, '9999', first);
    expect(await lanes.queued(hook, 10)).toEqual([
      { sequence: '9999', delivery: first },
      { sequence: '18850000000000000512', delivery: second },
    ]);
    expect(await lanes.queued(hook, 1)).toHaveLength(1);
    await lanes.dequeue(hook, '9999');
    await lanes.dequeue(hook, '9999');
    expect(await lanes.queued(hook, 10)).toHaveLength(1);
  });

  test('places behind a message come before the next message, in their order', async () => {
    const { lanes } = make();
    const hook = newUlid();
    const places = [
      '999',
      placeBehind('999', 0),
      placeBehind('999', 9),
      placeBehind('999', 1_000),
      '1000',
      placeBehind('1000', 2),
    ];
    for (const place of places.toReversed()) await lanes.enqueue(hook, place, newUlid());
    expect((await lanes.queued(hook, 10)).map(({ sequence }) => sequence)).toEqual(places);
    for (const place of places.slice(0, 4)) await lanes.dequeue(hook, place);
    expect(await lanes.queued(hook, 10)).toHaveLength(2);
  });

  test('records are read from a batch on, and the same post is one record', async () => {
    const { lanes } = make();
    const hook = newUlid();
    const first = newUlid();
    for (const batch of [10, 2, 9]) await lanes.record(hook, recordOf(batch, first));
    await lanes.record(hook, { ...recordOf(10, first), id: 'batch_again' });
    expect((await lanes.records(hook, 3)).map(({ batch }) => batch)).toEqual([9, 10]);
    expect(await lanes.records(hook, 10)).toEqual([{ ...recordOf(10, first), id: 'batch_again' }]);
    expect(await lanes.records(hook, 0, 2)).toHaveLength(2);
  });
});
