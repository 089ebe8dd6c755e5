import { ulidTime } from '../shared/identifier.ts';
import type { FollowQueries, ListEntry, ListQuery } from './follow-store.ts';

/** A list over some types: one of them, or all that are declared. */
export interface MergedListQuery extends Omit<ListQuery, 'type'> {
  types: readonly string[];
}

/**
 * The beginning of a list over several types, merged in order: by the time of the follow, in
 * `friends` by that of the friendship.
 */
export async function mergedList(
  queries: FollowQueries,
  { types, ...query }: MergedListQuery,
): Promise<ListEntry[]> {
  const lists = await Promise.all(types.map((type) => queries.list({ ...query, type })));
  const sign = query.order === 'asc' ? 1 : -1;
  return lists
    .flat()
    .toSorted((a, b) => (a.id < b.id ? -sign : sign))
    .slice(0, query.limit);
}

export interface FollowPage {
  items: { ref: string; sinceMs: number }[];
  /** Where the next page begins; absent on the last one. */
  next?: string;
}

/** One page of a list. Walking page by page gives each entry that stays in the list once. */
export async function followPage(
  queries: FollowQueries,
  query: MergedListQuery,
): Promise<FollowPage> {
  const entries = await mergedList(queries, { ...query, limit: query.limit + 1 });
  const shown = entries.slice(0, query.limit);
  const items = shown.map(({ ref, id }) => ({ ref, sinceMs: ulidTime(id) }));
  const last = shown.at(-1);
  return entries.length > query.limit && last ? { items, next: last.id } : { items };
}
