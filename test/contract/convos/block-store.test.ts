import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { BlockStore } from '../../../lambdas/convos/block-store.ts';
import { indexes, keys } from '../../../lambdas/convos/contract.ts';
import { convoStores, inTable } from '../../support/convo-stores.ts';
import { freshUser, ulidAt } from '../../support/convo-writes.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const stores = convoStores(() => table);

/** Both orders of two references: which one sorts first must make no difference. */
const directions = [
  ['the lower of two users', (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a])],
  [
    'the higher of two users',
    (a: string, b: string): [string, string] => (a < b ? [b, a] : [a, b]),
  ],
] as const;

const add = async (blocks: BlockStore, blocker: string, blocked: string) => {
  const block = { blocker, blocked, ulid: ulidAt(0) };
  expect(await blocks.add(block)).toBe('done');
  return block;
};

describe.each(stores)('blocks in %s', (_name, open) => {
  test.each(directions)(
    'a block by %s is seen from either, and lifted',
    async (_which, arrange) => {
      const { blocks } = open();
      const [one, other] = arrange(freshUser(), freshUser());
      expect(await blocks.between(one, other)).toEqual({});
      const block = await add(blocks, one, other);
      expect(await blocks.between(one, other)).toEqual({ ofOne: block.ulid });
      expect(await blocks.between(other, one)).toEqual({ ofOther: block.ulid });
      expect(await blocks.list(one, { limit: 5 })).toEqual([block]);
      expect(await blocks.list(other, { limit: 5 })).toEqual([]);
      expect(await blocks.remove(block)).toBe('done');
      expect(await blocks.between(one, other)).toEqual({});
      expect(await blocks.list(one, { limit: 5 })).toEqual([]);
    },
  );

  test.each(directions)(
    'a look before sending sees a block of %s, and how often any changed',
    async (_which, arrange) => {
      const { blocks } = open();
      const [one, other] = arrange(freshUser(), freshUser());
      const free = { blocked: false, blockChanges: 0 };
      expect(await blocks.lookBeforeSending(one, other)).toEqual(free);
      const block = await add(blocks, one, other);
      const seen = { blocked: true, blockChanges: 1 };
      expect(await blocks.lookBeforeSending(one, other)).toEqual(seen);
      expect(await blocks.lookBeforeSending(other, one)).toEqual(seen);
      await blocks.remove(block);
      expect(await blocks.lookBeforeSending(one, other)).toEqual({ ...free, blockChanges: 2 });
    },
  );

  test.each(directions)('of two blocks %s lifts its own alone', async (_which, arrange) => {
    const { blocks } = open();
    const [one, other] = arrange(freshUser(), freshUser());
    const block = await add(blocks, one, other);
    const back = await add(blocks, other, one);
    expect(await blocks.between(one, other)).toEqual({ ofOne: block.ulid, ofOther: back.ulid });
    expect(await blocks.remove(block)).toBe('done');
    expect(await blocks.between(one, other)).toEqual({ ofOther: back.ulid });
    expect(await blocks.list(other, { limit: 5 })).toEqual([back]);
    const again = await add(blocks, one, other);
    expect(await blocks.between(one, other)).toEqual({ ofOne: again.ulid, ofOther: back.ulid });
  });

  test('every change counts for both, and a refused one for neither', async () => {
    const { store, blocks } = open();
    const [one, other] = [freshUser(), freshUser()];
    const changes = async () => [
      (await store.state(one)).blockChanges,
      (await store.state(other)).blockChanges,
    ];
    const block = await add(blocks, one, other);
    expect(await changes()).toEqual([1, 1]);
    expect(await blocks.add({ ...block, ulid: ulidAt(5) })).toBe('exists');
    expect(await blocks.remove({ ...block, ulid: ulidAt(6) })).toBe('stale');
    expect(await blocks.remove({ ...block, blocker: other, blocked: one })).toBe('stale');
    expect(await changes()).toEqual([1, 1]);
    expect(await blocks.between(one, other)).toEqual({ ofOne: block.ulid });
    expect(await blocks.list(one, { limit: 5 })).toEqual([block]);
    expect(await blocks.remove(block)).toBe('done');
    expect(await blocks.remove(block)).toBe('stale');
    expect(await changes()).toEqual([2, 2]);
  });

  test('blocks are listed newest first, page after page', async () => {
    const { blocks } = open();
    const blocker = freshUser();
    const made = [];
    for (let at = 0; at < 5; at++) {
      const block = { blocker, blocked: freshUser(), ulid: ulidAt(at * 60) };
      await blocks.add(block);
      made.push(block);
    }
    const newestFirst = made.toReversed();
    expect(await blocks.list(blocker, { limit: 10 })).toEqual(newestFirst);
    expect(await blocks.list(blocker, { limit: 2 })).toEqual(newestFirst.slice(0, 2));
    const after = newestFirst[1]?.ulid;
    expect(await blocks.list(blocker, { after, limit: 10 })).toEqual(newestFirst.slice(2));
    expect(await blocks.list(blocker, { after: made[0]?.ulid, limit: 10 })).toEqual([]);
  });
});

describe('blocks in the table', () => {
  test('nothing is left of a pair without any block, in whatever order both were lifted', async () => {
    const { blocks } = inTable(table);
    const [lower, higher] = [freshUser(), freshUser()].toSorted();
    if (lower === undefined || higher === undefined) throw new Error('there are two');
    const key = keys.pair(lower, higher);
    const pair = async () => {
      const { client, tableName } = table;
      const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: key }));
      return Item;
    };
    for (const order of ['lower first', 'higher first'] as const) {
      const byLower = await add(blocks, lower, higher);
      const byHigher = await add(blocks, higher, lower);
      expect(await pair()).toEqual({ ...key, byLower: byLower.ulid, byHigher: byHigher.ulid });
      const [first, last] = order === 'lower first' ? [byLower, byHigher] : [byHigher, byLower];
      expect(await blocks.remove(first)).toBe('done');
      const left = order === 'lower first' ? 'byHigher' : 'byLower';
      expect(await pair()).toEqual({ ...key, [left]: last.ulid });
      expect(await blocks.remove(last)).toBe('done');
      expect(await pair()).toBeUndefined();
    }
  });
});
