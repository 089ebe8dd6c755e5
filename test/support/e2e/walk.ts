import { call } from './api.ts';
import type { Person } from './people.ts';

export interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}

/** Parameters that are undefined are left out. */
export type Query = Record<string, string | undefined>;

/** The pages of a list to its end; throws on a page that is no page. */
export async function pagesOf<Item>(
  who: Pick<Person, 'token'>,
  path: string,
  query: Query = {},
): Promise<Item[][]> {
  const pages: Item[][] = [];
  let cursor: string | undefined;
  for (;;) {
    const { status, body } = await call<Page<Item>>(who, 'GET', path, {
      query: given({ ...query, cursor }),
    });
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    const { limit = '20' } = query;
    if (body.items.length > Number(limit)) throw new Error(`GET ${path}: more than ${limit} items`);
    pages.push(body.items);
    if (body.nextCursor === undefined) return pages;
    if (body.items.length === 0) throw new Error(`GET ${path}: an empty page goes on`);
    cursor = body.nextCursor;
  }
}

/** All items of a list whose pages are full, but for the last one. */
export async function walk<Item>(
  who: Pick<Person, 'token'>,
  path: string,
  query: Query = {},
): Promise<Item[]> {
  const pages = await pagesOf<Item>(who, path, query);
  const { limit = '20' } = query;
  if (pages.slice(0, -1).some((items) => items.length < Number(limit))) {
    throw new Error(`GET ${path}: a short page goes on`);
  }
  return pages.flat();
}

function given(query: Query): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
