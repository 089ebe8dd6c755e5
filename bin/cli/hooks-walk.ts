import * as z from 'zod';
import type { Api, ApiRequest } from './api.ts';

/** The most that the API gives at once. */
const largestPage = '100';

type List = Pick<ApiRequest, 'path' | 'query'>;

/** A list, page after page; a page may hold nothing and still name the next. */
export async function* pagesOf<T>(
  api: Api,
  { path, query }: List,
  item: z.ZodType<T>,
): AsyncGenerator<T[]> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().optional() });
  let cursor: string | undefined;
  do {
    const request = {
      method: 'GET',
      path,
      query: { ...query, limit: largestPage, cursor },
    } as const;
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const { items, nextCursor } = await api(request, page);
    yield items;
    cursor = nextCursor;
  } while (cursor !== undefined);
}

/** Every item of a list. */
export async function everyItem<T>(api: Api, list: List, item: z.ZodType<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pagesOf(api, list, item)) {
    for (const each of page) items.push(each);
  }
  return items;
}
