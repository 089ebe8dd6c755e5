import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergedRows } from '../../../lambdas/timelines/merged-rows.ts';
import type { Range } from '../../../lambdas/timelines/timeline-store.ts';
import { pieceOf } from '../../support/in-memory-timelines-pieces.ts';

interface Row {
  ulid: string;
  key: string;
}

/** A source that holds so many rows of each action, and counts how often it is read. */
function sourceOf(name: string, ulids: readonly string[]) {
  const rows: Row[] = ulids.map((ulid, at) => ({ ulid, key: `${ulid}#${name}${at}` }));
  const source = {
    rows,
    reads: 0,
    read: (range: Range) => {
      source.reads += 1;
      return Promise.resolve(pieceOf(rows, range, ({ key }) => key));
    },
  };
  return source;
}

async function walked(sources: readonly ReturnType<typeof sourceOf>[], range: Range) {
  const groups: Row[][] = [];
  const reads = sources.map(({ read }) => read);
  for await (const group of mergedRows(reads, range)) groups.push(group);
  return groups;
}

test('gives for each action all rows of all sources, in order, whatever the pieces', async () => {
  const ulid = fc.integer({ min: 0, max: 9 }).map(String);
  const ulids = fc.array(fc.array(ulid, { maxLength: 12 }), { maxLength: 4 });
  const order = fc.constantFrom('asc' as const, 'desc' as const);
  await fc.assert(
    fc.asyncProperty(
      ulids,
      order,
      fc.integer({ min: 1, max: 5 }),
      fc.option(ulid),
      async (lists, asked, limit, after) => {
        const sources = lists.map((list, at) => sourceOf(`s${at}`, list));
        const groups = await walked(sources, {
          order: asked,
          limit,
          ...(after !== null && { after }),
        });
        const behind = (one: string) =>
          after === null || (asked === 'asc' ? one > after : one < after);
        const wanted = [...new Set(lists.flat())].filter(behind).toSorted();
        expect(groups.map((group) => group[0]?.ulid)).toEqual(
          asked === 'asc' ? wanted : wanted.toReversed(),
        );
        for (const group of groups) {
          const rows = sources.flatMap((source) => source.rows);
          const own = rows.filter((row) => row.ulid === group[0]?.ulid);
          expect(group.map(({ key }) => key).toSorted()).toEqual(
            own.map(({ key }) => key).toSorted(),
          );
        }
      },
    ),
  );
});

test('reads no further than the reader goes', async () => {
  const ulids = Array.from({ length: 90 }, (_, at) => String(at + 10));
  const source = sourceOf('s', ulids);
  const groups: string[] = [];
  for await (const [row] of mergedRows([source.read], { order: 'asc', limit: 10 })) {
    groups.push(row?.ulid ?? '');
    if (groups.length === 5) break;
  }
  expect(groups).toEqual(ulids.slice(0, 5));
  expect(source.reads).toBe(1);
});

test('of no source and of empty ones there is nothing', async () => {
  const range = { order: 'asc', limit: 3 } as const;
  expect(await walked([], range)).toEqual([]);
  expect(await walked([sourceOf('a', []), sourceOf('b', [])], range)).toEqual([]);
});
