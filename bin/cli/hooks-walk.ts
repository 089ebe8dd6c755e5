import * as z from 'zod';
import type { Api, ApiRequest } from './api.ts';

/** The most that the API gives at once. */
const largestPage = '100';

/** Every item of a list, page after page; a page may hold none and still name the next. */
export async function everyItem<T>(
  api: Api,
  { path, query }: Pick<ApiRequest, 'path' | 'query'>,
  item: z.ZodType<T>,
): Promise<T[]> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().optional() });
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const request = {
      method: 'GET',
      path,
      query: { ...query, limit: largestPage, cursor },
    } as const;
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const { items: found, nextCursor } = await api(request, page);
    for (const each of found) items.push(each);
    cursor = nextCursor;
  } while (cursor !== undefined);
  return items;
}
