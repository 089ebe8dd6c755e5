import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Folder, SidePage } from '../../../lambdas/convos/convo-store.ts';
import { isInFolder, threadPage } from '../../../lambdas/convos/thread-list.ts';
import { emptySide } from '../../../lambdas/convos/thread-side.ts';
import type { ThreadSide } from '../../../lambdas/convos/thread-side.ts';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';

const sideOf = (
  index: number,
  {
    sent,
    received,
    last = index,
    version = 1,
  }: Partial<Record<'sent' | 'received' | 'last' | 'version', number>>,
): ThreadSide => ({
  ...emptySide({
    owner: 'user:amy',
    thread: firstUlidAt(index),
    other: 'user:bob',
    subject: 'Lunch?',
    last: firstUlidAt(last),
  }),
  sent: sent ?? 0,
  received: received ?? 0,
  version,
});

/** The two indexes, each with its own view of the sides; counts what it is asked. */
const storeOf = (inbox: readonly ThreadSide[], outbox: readonly ThreadSide[] = inbox) => {
  const asked: Folder[] = [];
  return {
    asked,
    folder: (_owner: string, folder: Folder, { after, limit }: SidePage) => {
      asked.push(folder);
      const found = (folder === 'inbox' ? inbox : outbox)
        .filter((side) => isInFolder(side, folder))
        .filter(({ last }) => after === undefined || last < after)
        .toSorted((a, b) => (a.last < b.last ? 1 : -1));
      return Promise.resolve(found.slice(0, limit));
    },
  };
};

const walk = async (sides: readonly ThreadSide[], folder: Folder | undefined, limit: number) => {
  const pages: ThreadSide[][] = [];
  for (let after: string | undefined, more = true; more;) {
    const page = await threadPage(storeOf(sides), 'user:amy', { folder, after, limit });
    pages.push(page.items);
    after = page.next;
    more = after !== undefined;
  }
  return pages;
};

test('every thread is there once, those with the newest last message first, page by page', async () => {
  const counts = fc.record({ sent: fc.nat({ max: 2 }), received: fc.nat({ max: 2 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(counts, { maxLength: 30 }),
      fc.constantFrom<(Folder | undefined)[]>(undefined, 'inbox', 'outbox'),
      fc.integer({ min: 1, max: 12 }),
      async (threads, folder, limit) => {
        const sides = threads.map((count, index) =>
          sideOf(index + 1, { ...count, last: ((index * 7) % 31) + 100 }),
        );
        const expected = sides
          .filter((side) => isInFolder(side, folder))
          .toSorted((a, b) => (a.last < b.last ? 1 : -1));
        const pages = await walk(sides, folder, limit);
        expect(pages.flat()).toEqual(expected);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
        expect(pages.at(-1)?.length).toBe(
          expected.length === 0 ? 0 : ((expected.length - 1) % limit) + 1,
        );
      },
    ),
    { numRuns: 200 },
  );
});

describe('the indexes', () => {
  const page = { after: undefined, limit: 20 };

  test('are asked once each, a folder’s own alone', async () => {
    const store = storeOf([sideOf(1, { sent: 1, received: 1 })]);
    await threadPage(store, 'user:amy', { ...page, folder: 'inbox' });
    await threadPage(store, 'user:amy', { ...page, folder: 'outbox' });
    await threadPage(store, 'user:amy', { ...page, folder: undefined });
    expect(store.asked).toEqual(['inbox', 'outbox', 'inbox', 'outbox']);
  });

  test('may lag behind each at its own pace: of two states of a thread the later one is shown', async () => {
    const old = sideOf(1, { sent: 1, received: 1, version: 2 });
    const fresh = sideOf(1, { sent: 1, received: 2, last: 9, version: 3 });
    for (const store of [storeOf([old], [fresh]), storeOf([fresh], [old])]) {
      const { items } = await threadPage(store, 'user:amy', { ...page, folder: undefined });
      expect(items).toEqual([fresh]);
    }
  });
});

test.each<[string, Partial<ThreadSide>, (Folder | undefined)[]]>([
  ['nothing', {}, []],
  ['messages received', { received: 2 }, [undefined, 'inbox']],
  ['messages sent', { sent: 1 }, [undefined, 'outbox']],
  ['both', { sent: 1, received: 1 }, [undefined, 'inbox', 'outbox']],
])('a thread with %s is where it belongs', (_what, counts, folders) => {
  const side = { ...sideOf(1, {}), ...counts };
  const all = [undefined, 'inbox', 'outbox'] as const;
  expect(all.filter((folder) => isInFolder(side, folder))).toEqual(folders);
});
