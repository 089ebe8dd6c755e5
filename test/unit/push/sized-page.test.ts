import { describe, expect, test } from '@jest/globals';
import { sizedPage } from '../../../lambdas/push/sized-page.ts';

const entriesOf = (...ulids: string[]) => ulids.map((ulid) => ({ ulid }));

/** Items of so many bytes; those without a size are gone. */
function readerOf(sizes: Readonly<Record<string, number>>) {
  const reads: string[][] = [];
  const read = (entries: readonly { ulid: string }[]) => {
    reads.push(entries.map(({ ulid }) => ulid));
    return Promise.resolve(
      entries.map(({ ulid }) => {
        const size = sizes[ulid];
        return size === undefined ? undefined : { ulid, text: 'x'.repeat(size) };
      }),
    );
  };
  return { read, reads };
}

const ulidsOf = (items: readonly { ulid: string }[]) => items.map(({ ulid }) => ulid);

describe('a page of items', () => {
  test('has all that are still there, and goes on where its entries do', async () => {
    const { read, reads } = readerOf({ a: 10, c: 10 });
    const page = await sizedPage(
      { items: entriesOf('a', 'b', 'c'), after: 'c' },
      { itemsPerRead: 2, read },
    );
    expect(ulidsOf(page.items)).toEqual(['a', 'c']);
    expect(page.after).toBe('c');
    expect(reads).toEqual([['a', 'b'], ['c']]);
  });

  test('ends before the item that would be too much, and reads no further', async () => {
    const { read, reads } = readerOf({ a: 900_000, c: 900_000, d: 900_000, e: 1 });
    const page = await sizedPage(
      { items: entriesOf('a', 'b', 'c', 'd', 'e'), after: undefined },
      { itemsPerRead: 2, read },
    );
    expect(ulidsOf(page.items)).toEqual(['a', 'c']);
    expect(page.after).toBe('c');
    expect(reads).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('has one item, however large', async () => {
    const { read } = readerOf({ a: 3_000_000, b: 1 });
    const page = await sizedPage(
      { items: entriesOf('a', 'b'), after: undefined },
      { itemsPerRead: 10, read },
    );
    expect(ulidsOf(page.items)).toEqual(['a']);
    expect(page.after).toBe('a');
  });
});
