import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messagePage } from '../../../lambdas/convos/message-page.ts';
import type { MessageQuery } from '../../../lambdas/convos/message-page.ts';
import { emptySide } from '../../../lambdas/convos/thread-side.ts';
import type { MessageCopy } from '../../../lambdas/convos/thread-side.ts';
import type { CopyRange } from '../../../lambdas/convos/convo-store.ts';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';

const thread = firstUlidAt(1);
const mebibyte = 1024 * 1024;
const copyAt = (atMs: number, bytes = 10): MessageCopy => ({
  owner: 'user:amy',
  thread,
  ulid: firstUlidAt(atMs),
  other: 'user:bob',
  isSent: false,
  excerpt: String(atMs),
  bytes,
});
const sideOf = (cleared?: number) => ({
  ...emptySide({
    owner: 'user:amy',
    thread,
    other: 'user:bob',
    subject: 'Lunch?',
    last: firstUlidAt(99),
  }),
  ...(cleared !== undefined && { cleared: firstUlidAt(cleared) }),
});

/** Copies of a thread, oldest first; counts what it is asked. */
const storeOf = (copies: readonly MessageCopy[], gone: readonly string[] = []) => {
  const asked = { copies: 0, bodies: 0 };
  return {
    asked,
    copies: (_owner: string, _thread: string, { above, below, order, limit }: CopyRange) => {
      asked.copies += 1;
      const found = copies.filter(
        ({ ulid }) => ulid > (above ?? '') && (below === undefined || ulid < below),
      );
      return Promise.resolve((order === 'asc' ? found : found.toReversed()).slice(0, limit));
    },
    bodies: (ulids: readonly string[]) => {
      asked.bodies += 1;
      const left = ulids.filter((ulid) => !gone.includes(ulid));
      return Promise.resolve(new Map(left.map((ulid) => [ulid, `body of ${ulid}`])));
    },
  };
};

/** Every page, from the first on. */
const walk = async (
  copies: readonly MessageCopy[],
  query: Omit<MessageQuery, 'after'>,
  cleared?: number,
) => {
  const pages: string[][] = [];
  for (let after: string | undefined, more = true; more;) {
    const page = await messagePage(storeOf(copies), sideOf(cleared), { ...query, after });
    pages.push(page.items.map(({ ulid }) => ulid));
    after = page.next;
    more = after !== undefined;
  }
  return pages;
};

describe('pages of messages', () => {
  test('hold each active message once, in order, whatever their size', async () => {
    const bytes = fc.constantFrom(10, mebibyte, 2 * mebibyte, 4 * mebibyte, 5 * mebibyte);
    await fc.assert(
      fc.asyncProperty(
        fc.array(bytes, { maxLength: 30 }),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.option(fc.nat({ max: 30 }), { nil: undefined }),
        async (sizes, order, limit, full, cleared) => {
          const copies = sizes.map((size, index) => copyAt(index + 2, size));
          const active = copies.filter(({ ulid }) => ulid > firstUlidAt(cleared ?? 0));
          const expected = active.map(({ ulid }) => ulid);
          const pages = await walk(copies, { order, limit, full }, cleared);
          expect(pages.flat()).toEqual(order === 'asc' ? expected : expected.toReversed());
          for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
          const notLast = full ? [] : pages.slice(0, -1);
          for (const page of notLast) expect(page).toHaveLength(limit);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('end exactly: no page behind a full last one', async () => {
    const copies = [2, 3, 4, 5].map((atMs) => copyAt(atMs));
    const pages = await walk(copies, { order: 'desc', limit: 2, full: false });
    expect(pages.map(({ length }) => length)).toEqual([2, 2]);
  });

  test('begin behind what was deleted since the page before', async () => {
    const copies = [2, 3, 4, 5, 6].map((atMs) => copyAt(atMs));
    const query = { order: 'asc', limit: 2, full: false } as const;
    const after = firstUlidAt(3);
    const page = await messagePage(storeOf(copies), sideOf(5), { ...query, after });
    expect(page.items.map(({ ulid }) => ulid)).toEqual([firstUlidAt(6)]);
    const back = await messagePage(storeOf(copies), sideOf(5), { ...query, order: 'desc', after });
    expect(back.items).toEqual([]);
  });

  test('take one query, and one more with bodies', async () => {
    const store = storeOf([copyAt(2), copyAt(3)]);
    await messagePage(store, sideOf(), { order: 'desc', limit: 20, full: false });
    expect(store.asked).toEqual({ copies: 1, bodies: 0 });
    await messagePage(store, sideOf(), { order: 'desc', limit: 20, full: true });
    expect(store.asked).toEqual({ copies: 2, bodies: 1 });
  });
});

describe('pages with bodies', () => {
  const query = { order: 'desc', limit: 100, full: true } as const;

  test('end before they get too large for an answer, and never empty', async () => {
    const largest = copyAt(2, 256_004);
    const copies = Array.from({ length: 100 }, (_, index) => ({
      ...largest,
      ...copyAt(index + 2, 256_004),
    }));
    const { items, next } = await messagePage(storeOf(copies), sideOf(), query);
    expect(items).toHaveLength(16);
    expect(next).toBe(items.at(-1)?.ulid);
    const huge = [copyAt(2, 9 * mebibyte), copyAt(3, 9 * mebibyte)];
    expect((await walk(huge, query)).map(({ length }) => length)).toEqual([1, 1]);
  });

  test('leave out what both deleted meanwhile, and go on behind it', async () => {
    const copies = [2, 3, 4].map((atMs) => copyAt(atMs));
    const gone = [firstUlidAt(3)];
    const first = await messagePage(storeOf(copies, gone), sideOf(), { ...query, limit: 2 });
    expect(first.items.map(({ ulid, body }) => [ulid, body])).toEqual([
      [firstUlidAt(4), `body of ${firstUlidAt(4)}`],
    ]);
    expect(first.next).toBe(firstUlidAt(3));
  });

  test('of nothing ask for no body that there is', async () => {
    expect(await messagePage(storeOf([]), sideOf(), query)).toEqual({ items: [], next: undefined });
  });
});

test('marks are those of the side', async () => {
  const copies = [
    copyAt(2),
    { ...copyAt(3), mark: { isRead: false, reads: 1 } },
    { ...copyAt(4), mark: { isRead: false, reads: 0 } },
    copyAt(5),
    { ...copyAt(6), mark: { isRead: true, reads: 1 } },
  ];
  const side = { ...sideOf(), reads: 1, readUpTo: firstUlidAt(4) };
  const { items } = await messagePage(storeOf(copies), side, {
    order: 'asc',
    limit: 9,
    full: false,
  });
  expect(items.map(({ isRead }) => isRead)).toEqual([true, false, true, false, true]);
});
