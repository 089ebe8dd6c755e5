import type { Page } from '../../../lambdas/push/page.ts';
import { jsonCopy } from './json-copy.ts';

/** A page of what is kept in memory, sorted by ULID; its items are copies. */
export function pageOf<Item extends { ulid: string }>(
  items: readonly Item[],
  { after, limit, order }: { after: string | undefined; limit: number; order: 'asc' | 'desc' },
): Page<Item> {
  const direction = order === 'asc' ? 1 : -1;
  const compared = (one: string, other: string) =>
    one === other ? 0 : (one < other ? -1 : 1) * direction;
  const left = items
    .filter(({ ulid }) => after === undefined || compared(ulid, after) > 0)
    .toSorted((one, other) => compared(one.ulid, other.ulid));
  const taken = left.slice(0, limit).map((item) => jsonCopy(item));
  return { items: taken, after: left.length > limit ? taken.at(-1)?.ulid : undefined };
}
