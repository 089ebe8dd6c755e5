import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { indexes } from '../../../lambdas/timelines/contract.ts';
import { dynamoPrivateTimelines } from '../../../lambdas/timelines/dynamo-private-timelines.ts';
import type { KeptCopies, TimelineHeads } from '../../../lambdas/timelines/timeline-store.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { InMemoryPrivateTimelines } from '../../support/in-memory-timelines-private.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 60_000);
afterAll(async () => table.stop());

const startMs = Date.parse('2026-11-21T10:00:00Z');
let serial = 0;
const fresh = (type = 'user') => `${type}:o${++serial}`;
const idAt = (second: number) => ulid(startMs + second * 1000);

const stores: [string, () => TimelineHeads & KeptCopies][] = [
  ['the double in memory', () => new InMemoryPrivateTimelines()],
  ['the table', () => dynamoPrivateTimelines(table.client, table.tableName)],
];

describe.each(stores)('heads of private timelines in %s', (_name, open) => {
  test('of a timeline that nobody touched nothing is known', async () => {
    expect(await open().head(fresh())).toEqual({ rebuildOwed: false, merged: [] });
  });

  test('the read mark moves forward, back only by force, and says where it stands', async () => {
    const store = open();
    const owner = fresh();
    expect(await store.setReadMark(owner, 2_000, false)).toBe(2_000);
    expect(await store.setReadMark(owner, 1_000, false)).toBe(2_000);
    expect(await store.setReadMark(owner, 2_000, false)).toBe(2_000);
    expect(await store.setReadMark(owner, 3_000, false)).toBe(3_000);
    expect(await store.setReadMark(owner, 1_000, true)).toBe(1_000);
    expect(await store.head(owner)).toMatchObject({ readMark: 1_000 });
    expect(await store.setReadMark(owner, 0, true)).toBe(0);
  });

  test('a rebuild stays owed through later reads until it is done', async () => {
    const store = open();
    const owner = fresh();
    await store.touch(owner, startMs, false);
    expect(await store.head(owner)).toMatchObject({ lastReadAt: startMs, rebuildOwed: false });
    await store.touch(owner, startMs + 1, true);
    await store.touch(owner, startMs + 2, false);
    expect(await store.head(owner)).toMatchObject({ lastReadAt: startMs + 2, rebuildOwed: true });
    await store.rebuilt(owner);
    await store.rebuilt(owner);
    expect(await store.head(owner)).toMatchObject({ lastReadAt: startMs + 2, rebuildOwed: false });
  });

  test('last reads come in the order asked, for any number of owners, repeats included', async () => {
    const store = open();
    const [one, two] = [fresh(), fresh()];
    await store.touch(one, 111, false);
    await store.setReadMark(two, 5, false);
    const owners = Array.from({ length: 205 }, (_, at) => [one, two, fresh()][at % 3] ?? one);
    for (const consistent of [false, true]) {
      const reads = await store.lastReads(owners, consistent);
      expect(reads).toEqual(owners.map((owner) => (owner === one ? 111 : undefined)));
    }
    expect(await store.lastReads([], true)).toEqual([]);
  });

  test('merged actors are kept per follow, the last word about each counts', async () => {
    const store = open();
    const [owner, first, second] = [fresh(), idAt(1), idAt(2)];
    await store.writeMerged([
      { owner, actor: 'user:flo', followId: first },
      { owner, actor: 'user:amy', followId: second },
    ]);
    await store.writeMerged([{ owner, actor: 'user:flo', followId: first, until: 77 }]);
    expect((await store.head(owner)).merged).toEqual([
      { actor: 'user:flo', followId: first, until: 77 },
      { actor: 'user:amy', followId: second },
    ]);
    await store.deleteMerged([
      { owner, followId: first },
      { owner, followId: idAt(3) },
    ]);
    expect((await store.head(owner)).merged).toEqual([{ actor: 'user:amy', followId: second }]);
  });
});

describe.each(stores)('copies that outlive their follow in %s', (_name, open) => {
  test('are noted once per follow and forgotten one by one', async () => {
    const store = open();
    const actor = fresh();
    const owners = [fresh(), `project:${'|'.repeat(3)}:x`, fresh('photo')].toSorted();
    const kept = owners.map((owner) => ({ owner, followId: idAt(1) }));
    for (const one of [...kept, ...kept]) await store.keep(actor, one);
    await store.keep(fresh(), { owner: fresh(), followId: idAt(1) });
    expect(await store.kept(actor, { limit: 10 })).toEqual({ rows: kept, more: false });
    const first = await store.kept(actor, { limit: 2 });
    expect(first).toEqual({ rows: kept.slice(0, 2), more: true });
    const last = first.rows[1];
    const rest = await store.kept(actor, { limit: 2, after: `${last?.owner}#${last?.followId}` });
    expect(rest).toEqual({ rows: kept.slice(2), more: false });
    for (const one of [...kept, ...kept]) await store.forgetKept(actor, one);
    expect(await store.kept(actor, { limit: 10 })).toEqual({ rows: [], more: false });
  });
});

test('the table asks again for keys that DynamoDB leaves out', async () => {
  const store = dynamoPrivateTimelines(table.client, table.tableName);
  const owners = Array.from({ length: 10 }, () => fresh());
  for (const [index, one] of owners.entries()) await store.touch(one, 1_000 + index, false);
  const end = failCalls(table.client, [
    { operation: 'BatchGetItem', nth: [1], fault: { kind: 'handed back', items: 5 } },
    { operation: 'BatchGetItem', nth: [2], fault: { kind: 'handed back', items: 2 } },
  ]);
  try {
    expect(await store.lastReads(owners, true)).toEqual(owners.map((_, index) => 1_000 + index));
  } finally {
    end();
  }
});
