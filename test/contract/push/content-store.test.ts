import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContentStore, StoredContent } from '../../../lambdas/push/content/content-store.ts';
import { indexes } from '../../../lambdas/push/contract.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { storesInMemory, storesInTable } from '../../support/push/stores.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

let lastMs = 1_780_000_000_000;

function item(type: string, id: string, more: Partial<StoredContent> = {}): StoredContent {
  lastMs += 1_000;
  return {
    ref: `${type}:${id}`,
    type,
    id,
    version: 1,
    ulid: randomUlid(lastMs),
    fields: { title: 'Ä "quoted" <title>', score: 1e20, none: null, deep: { list: [1, {}] } },
    related: ['photo:1', 'story:a:b'],
    binaries: [{ name: 'photo', size: 3, sha256: 'abc', key: `${type}/${id}/photo/1` }],
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    ...more,
  };
}

const next = (content: StoredContent, more: Partial<StoredContent> = {}): StoredContent => ({
  ...content,
  version: content.version + 1,
  updatedAt: '2026-01-03T00:00:00.000Z',
  ...more,
});

let types = 0;
const freshType = () => {
  types += 1;
  return `type-${String(types)}`;
};

async function allOf(
  store: ContentStore,
  type: string,
  page: { limit: number; order: 'asc' | 'desc' },
): Promise<{ refs: string[]; pages: number }> {
  const refs: string[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const found = await store.list(type, { ...page, after });
    refs.push(...found.items.map(({ ref }) => ref));
    pages += 1;
    after = found.after;
  } while (after !== undefined);
  return { refs, pages };
}

describe.each([
  ['the double in memory', (): ContentStore => storesInMemory().content],
  ['the table', (): ContentStore => storesInTable(table).content],
])('content in %s', (_name, make) => {
  test('an item is read as it was put, whatever its fields', async () => {
    const store = make();
    const content = item(freshType(), 'x:y|z~1');
    expect(await store.get(content.ref)).toBeUndefined();
    expect(await store.put(content)).toBe(true);
    expect(await store.get(content.ref)).toEqual(content);
    const deep: unknown = JSON.parse('{"__proto__":{"a":1},"":"no name","n":-0.1e-300}');
    const odd = item(freshType(), '1', {
      fields: { deep, emptyText: '' },
      related: [],
      binaries: [],
    });
    expect(await store.put(odd)).toBe(true);
    const read = await store.get(odd.ref);
    expect(JSON.stringify(read?.fields)).toBe(JSON.stringify(odd.fields));
    expect(read).toMatchObject({ related: [], binaries: [] });
  });

  test('fields may lie deeper than the 32 levels of DynamoDB', async () => {
    const store = make();
    const nested = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;
    const content = item(freshType(), '1', { fields: { nested } });
    expect(await store.put(content)).toBe(true);
    expect(await store.get(content.ref)).toEqual(content);
  });

  test('a version follows on the one before, and on no other', async () => {
    const store = make();
    const first = item(freshType(), '1');
    await store.put(first);
    const second = next(first, { fields: { title: 'b' } });
    const rival = next(first, { fields: { title: 'c' } });
    expect(await store.put(second)).toBe(true);
    expect(await store.put(rival)).toBe(false);
    expect(await store.put(item(first.type, '1'))).toBe(false);
    expect(await store.put(next(next(second)))).toBe(false);
    expect(await store.get(first.ref)).toEqual(second);
    expect(await store.put(next(item(first.type, 'absent')))).toBe(false);
    expect(await store.get(`${first.type}:absent`)).toBeUndefined();
  });

  test('the same version put again is no other', async () => {
    const store = make();
    const first = item(freshType(), '1');
    expect(await store.put(first)).toBe(true);
    expect(await store.put(first)).toBe(true);
    const second = next(first);
    expect(await store.put(second)).toBe(true);
    expect(await store.put(second)).toBe(true);
    expect(await store.put(first)).toBe(false);
    expect(await store.get(first.ref)).toEqual(second);
  });

  test('an item is removed as it was read', async () => {
    const store = make();
    const first = item(freshType(), '1');
    await store.put(first);
    const second = next(first);
    await store.put(second);
    expect(await store.remove(first)).toBe(false);
    expect(await store.remove(second)).toBe(true);
    expect(await store.get(first.ref)).toBeUndefined();
    expect(await store.remove(second)).toBe(false);
  });

  test('an item made anew is not taken for the one that was removed', async () => {
    const store = make();
    const first = item(freshType(), '1');
    await store.put(first);
    await store.remove(first);
    const anew = item(first.type, '1', { fields: { title: 'anew' } });
    expect(await store.put(anew)).toBe(true);
    expect(await store.put(next(first))).toBe(false);
    expect(await store.remove(first)).toBe(false);
    expect(await store.get(first.ref)).toEqual(anew);
    const listed = await store.list(first.type, { after: undefined, limit: 9, order: 'asc' });
    expect(listed.items).toEqual([anew]);
  });

  test('of twenty that make the same item at the same moment, one does', async () => {
    const store = make();
    const type = freshType();
    const rivals = Array.from({ length: 20 }, (_none, place) =>
      item(type, '1', { fields: { place } }),
    );
    const stored = await Promise.all(rivals.map((rival) => store.put(rival)));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await store.get(`${type}:1`)).toEqual(rivals[stored.indexOf(true)]);
    const [first = item(type, '1')] = (
      await store.list(type, { after: undefined, limit: 9, order: 'asc' })
    ).items;
    const updates = await Promise.all(
      Array.from({ length: 20 }, (_none, place) => store.put(next(first, { fields: { place } }))),
    );
    expect(updates.filter(Boolean)).toHaveLength(1);
  });

  test('items of a type are listed in the order of their making, either way', async () => {
    const store = make();
    const [type, other] = [freshType(), freshType()];
    const made = ['c', 'a', 'b', 'e', 'd'].map((id) => item(type, id));
    for (const content of made) await store.put(content);
    await store.put(item(other, 'a'));
    const refs = made.map(({ ref }) => ref);
    for (const limit of [1, 2, 5, 100]) {
      expect((await allOf(store, type, { limit, order: 'asc' })).refs).toEqual(refs);
      expect((await allOf(store, type, { limit, order: 'desc' })).refs).toEqual(refs.toReversed());
    }
    await store.put(next(made[0] ?? item(type, 'c')));
    expect((await allOf(store, type, { limit: 9, order: 'asc' })).refs).toEqual(refs);
    expect(await store.list(freshType(), { after: undefined, limit: 9, order: 'asc' })).toEqual({
      items: [],
      after: undefined,
    });
  });
});

test('of large items a page of the table holds as many as an answer, and none is missed', async () => {
  const { content: store } = storesInTable(table);
  const type = freshType();
  const made = Array.from({ length: 13 }, (_none, place) =>
    item(type, String(place), { fields: { text: 'x'.repeat(370_000) } }),
  );
  for (const content of made) expect(await store.put(content)).toBe(true);
  const { refs, pages } = await allOf(store, type, { limit: 100, order: 'asc' });
  expect(refs).toEqual(made.map(({ ref }) => ref));
  expect(pages).toBe(3);
});
