import { call } from './api.ts';
import type { Person } from './people.ts';

export interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}

/** All items of a list, page by page to its end; throws on a page that is no page. */
export async function walk<Item>(
  who: Person,
  path: string,
  query: Record<string, string> = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (;;) {
    const { status, body } = await call<Page<Item>>(who, 'GET', path, {
      query: { ...query, ...(cursor !== undefined && { cursor }) },
    });
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    const { limit = '20' } = query;
    if (body.items.length > Number(limit)) throw new Error(`GET ${path}: more than ${limit} items`);
    items.push(...body.items);
    if (body.nextCursor === undefined) return items;
    if (body.items.length < Number(limit)) throw new Error(`GET ${path}: a short page goes on`);
    cursor = body.nextCursor;
  }
}
