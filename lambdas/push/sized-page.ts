import type { Page } from './page.ts';

/** Bytes of a page's items: an answer of Lambda ends at 6 MB, in which each quote takes two bytes. */
const bytesPerPage = 2_000_000;

interface Reading<Entry, Item> {
  /** Items of one read: of the largest, DynamoDB answers with 16 MB. */
  itemsPerRead: number;
  /** One for each entry, in their order; `undefined`: it is not there any more. */
  read: (entries: readonly Entry[]) => Promise<readonly (Item | undefined)[]>;
}

/** Reads the items of a list's entries, as many as an answer holds: the first in any case. */
export async function sizedPage<Entry extends { ulid: string }, Item>(
  entries: Page<Entry>,
  { itemsPerRead, read }: Reading<Entry, Item>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (let start = 0; start < entries.items.length; start += itemsPerRead) {
    const some = entries.items.slice(start, start + itemsPerRead);
    const found = await read(some);
    for (const [place, { ulid }] of some.entries()) {
      const item = found[place];
      if (item !== undefined) {
        bytes += Buffer.byteLength(JSON.stringify(item));
        if (items.length > 0 && bytes > bytesPerPage) return { items, after: last };
        items.push(item);
      }
      last = ulid;
    }
  }
  return { items, after: entries.after };
}
