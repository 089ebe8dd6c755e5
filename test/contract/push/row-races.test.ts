import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { indexes } from '../../../lambdas/push/contract.ts';
import type { NewRow, RowStore } from '../../../lambdas/push/queue/row-store.ts';
import type { Row } from '../../../lambdas/push/queue/row.ts';
import type { Status } from '../../../lambdas/push/queue/status.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { interleaved, schedulesOfTwo } from '../../support/push/interleaved.ts';
import {
  claimedOf,
  finishedOf,
  newHold,
  newRow,
  pushed,
  sameAs,
  unsent,
} from '../../support/push/sample-rows.ts';
import { patientPace, storesInTable } from '../../support/push/stores.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Hundreds of races, request by request. */
jest.setTimeout(60_000);

let table: LocalTable;
/** Looks on. */
let rows: RowStore;
/** Each party has its own client. */
let parties: { client: LocalTable['client']; rows: RowStore }[];
beforeAll(async () => {
  table = await startLocalTable(indexes);
  rows = storesInTable(table).rows;
  parties = [0, 1, 2].map(() => {
    const client = table.connect({});
    // Between tries no time passes: the schedule says whose turn it is.
    const pace = { ...patientPace, sleep: () => Promise.resolve() };
    return { client, rows: storesInTable({ ...table, client }, pace).rows };
  });
}, 120_000);
afterAll(async () => table.stop());

type Deed<T> = (own: RowStore) => Promise<T>;

/** Does all at the same time, request by request as the schedule says. */
async function race<T>(deeds: readonly Deed<T>[], schedule: readonly number[]): Promise<T[]> {
  return interleaved(
    deeds.map((deed, place) => {
      const party = parties[place];
      if (party === undefined) throw new Error('too many parties');
      return { client: party.client, run: () => deed(party.rows) };
    }),
    schedule,
  );
}

async function same(row: NewRow | Row, status?: Status): Promise<Row[]> {
  const { items } = await rows.list(
    { content: row.content, status },
    { after: undefined, limit: 100 },
  );
  return items;
}

/** Requests of an enqueue or a renewal without a repeat: its place, that place's row, its write. */
const requests = 3;
const everyOrder = schedulesOfTwo(requests, requests);

describe('whatever the order of the requests', () => {
  test('of two changes of the same content one makes a row', async () => {
    for (const schedule of everyOrder) {
      const [one, other] = [newRow(), newRow()];
      const twin = { ...other, content: one.content };
      await race([(own) => own.enqueue(one), (own) => own.enqueue(twin)], schedule);
      expect(await same(one)).toHaveLength(1);
    }
  });

  test('of two changes after a push has ended one makes a row', async () => {
    for (const schedule of everyOrder) {
      const row = newRow();
      await finishedOf(rows, row, pushed);
      const twins = [sameAs(row), sameAs(row)];
      await race(
        twins.map((twin) => (own: RowStore) => own.enqueue(twin)),
        schedule,
      );
      expect(await same(row, 'NEW')).toHaveLength(1);
    }
  });

  test('a repeat of a change while the first is under way makes no second row', async () => {
    for (const schedule of everyOrder) {
      const row = newRow();
      await race([(own) => own.enqueue(row), (own) => own.enqueue(row)], schedule);
      expect(await same(row)).toMatchObject([{ ulid: row.ulid, version: 1 }]);
    }
  });

  test('a change beside a renewal leaves one NEW row, and each says what it did', async () => {
    const seen = new Set<string>();
    for (const schedule of everyOrder) {
      const row = newRow();
      const failed = await finishedOf(rows, row, unsent);
      const second = sameAs(row);
      const [, renewal] = await race<unknown>(
        [(own) => own.enqueue(second), (own) => own.renew(failed)],
        schedule,
      );
      const waiting = await same(row, 'NEW');
      expect(waiting.map(({ ulid }) => ulid)).toEqual([
        renewal === 'done' ? row.ulid : second.ulid,
      ]);
      seen.add(String(renewal));
    }
    expect([...seen].toSorted()).toEqual(['done', 'waiting']);
  });

  test('of two failed rows of the same one is NEW again', async () => {
    for (const schedule of everyOrder) {
      const row = newRow();
      const [one, other] = [
        await finishedOf(rows, row, unsent),
        await finishedOf(rows, sameAs(row), unsent),
      ];
      const renewals = await race([(own) => own.renew(one), (own) => own.renew(other)], schedule);
      expect(renewals.toSorted()).toEqual(['done', 'waiting']);
      expect(await same(row, 'NEW')).toHaveLength(1);
    }
  });

  test('a row renewed by two is NEW once', async () => {
    for (const schedule of everyOrder) {
      const dead = await claimedOf(rows, newRow());
      const renewals = await race([(own) => own.renew(dead), (own) => own.renew(dead)], schedule);
      expect(renewals).toEqual(['done', 'done']);
      expect(await same(dead)).toMatchObject([{ status: 'NEW', version: dead.version + 1 }]);
    }
  });

  test('a change during a claim is never lost: it finds the row NEW, or makes one', async () => {
    const seen = new Set<number>();
    for (const schedule of schedulesOfTwo(requests, 1)) {
      const row = newRow();
      await rows.enqueue(row);
      const by = newHold();
      const [, claimed] = await race<unknown>(
        [(own) => own.enqueue(sameAs(row)), (own) => own.claim(row.ulid, by)],
        schedule,
      );
      expect(claimed).toMatchObject({ ulid: row.ulid, ...by });
      const { length } = await same(row, 'NEW');
      // A claim that was there before the change looked must not swallow it.
      expect(schedule[0] === 1 ? [1] : [0, 1]).toContain(length);
      seen.add(length);
    }
    expect(seen).toEqual(new Set([0, 1]));
  });

  test('a worker’s end and a recovery of its row: one of them counts', async () => {
    for (const schedule of schedulesOfTwo(1, 4)) {
      const claimed = await claimedOf(rows, newRow());
      const [ended, renewed] = await race<unknown>(
        [(own) => own.finish(claimed, pushed, 5), (own) => own.renew(claimed)],
        schedule,
      );
      expect([ended, renewed]).toEqual(ended === true ? [true, 'changed'] : [false, 'done']);
      expect(await rows.get(claimed.ulid)).toMatchObject({
        status: ended === true ? 'PUSHED' : 'NEW',
      });
    }
  });

  test('a claim and a refusal: one of them counts', async () => {
    for (const schedule of schedulesOfTwo(1, 1)) {
      const row = newRow();
      await rows.enqueue(row);
      const [claimed, refused] = await race<unknown>(
        [
          (own) => own.claim(row.ulid, newHold()),
          (own) => own.refuse(row.ulid, 'PUSH_ERROR', 'no such rule'),
        ],
        schedule,
      );
      expect(claimed === undefined).toBe(refused);
    }
  });

  test('a removal beside a change leaves one NEW row that keeps others away', async () => {
    for (const schedule of schedulesOfTwo(4, requests)) {
      const row = newRow();
      const old = await finishedOf(rows, row, pushed);
      const [removed] = await race<unknown>(
        [(own) => own.remove(old), (own) => own.enqueue(sameAs(row))],
        schedule,
      );
      expect(removed).toBe(true);
      await rows.enqueue(sameAs(row));
      expect(await same(row)).toMatchObject([{ status: 'NEW' }]);
    }
  });

  test('a removal beside two changes lets one of them in', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20; round += 1) {
      const row = newRow();
      const old = await finishedOf(rows, row, pushed);
      await race<unknown>(
        [
          (own) => own.enqueue(sameAs(row)),
          (own) => own.enqueue(sameAs(row)),
          (own) => own.remove(old),
        ],
        Array.from({ length: 10 }, () => Math.floor(random() * 3)),
      );
      expect(await same(row)).toMatchObject([{ status: 'NEW' }]);
    }
  });

  test('a change, a claim and a recovery together leave at most one NEW row, and none is lost', async () => {
    const random = seededRandom(11);
    for (let round = 0; round < 30; round += 1) {
      const row = newRow();
      const dead = await claimedOf(rows, row);
      const second = sameAs(row);
      const by = newHold();
      const [, renewal] = await race<unknown>(
        [
          (own) => own.enqueue(second),
          (own) => own.renew(dead),
          async (own) => {
            await own.claim(row.ulid, by);
            await own.claim(second.ulid, by);
          },
        ],
        Array.from({ length: 9 }, () => Math.floor(random() * 3)),
      );
      const all = await same(row);
      expect(all.filter(({ status }) => status === 'NEW').length).toBeLessThanOrEqual(1);
      const first = all.find(({ ulid }) => ulid === row.ulid);
      // What the recovery says of the row is so: it waits (or was claimed by the third since), or is as it was.
      expect((first?.version ?? 0) > dead.version).toBe(renewal === 'done');
      // The change is pushed by somebody: a row waits for it, or was claimed after it.
      const open = all.filter(
        ({ status, claim }) =>
          status === 'NEW' || (status === 'IN_PROGRESS' && claim?.lane === by.claim.lane),
      );
      expect(open.length).toBeGreaterThanOrEqual(1);
    }
  });
});
