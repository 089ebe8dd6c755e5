import { isDeepStrictEqual } from 'node:util';
import type { IndexKeys } from '../../lambdas/shared/dynamo/table-keys.ts';
import { itemSize } from './item-size.ts';

/** An item as DynamoDB holds it, before or after a write. */
export type Image = Readonly<Record<string, unknown>> | undefined;

export type Indexes = Readonly<Record<string, IndexKeys>>;

/**
 * Write request units of one item's write: one for each KB of the larger image, twice that in a
 * transaction (prepare and commit; a condition check too), and one for each KB that changes in an
 * index, of which a changed key is two writes. (DynamoDB developer guide, "Read and write operations",
 * "Managing complex workflows with transactions", "Write considerations for global secondary indexes".)
 */
export function writeUnits(
  { before, after }: { before: Image; after: Image },
  indexes: Indexes,
  transactional: boolean,
): number {
  const own = Math.max(unitsOf(before), unitsOf(after), 1) * (transactional ? 2 : 1);
  return Object.values(indexes).reduce(
    (sum, index) => sum + indexUnits(entryOf(before, index), entryOf(after, index), index),
    own,
  );
}

function indexUnits(before: Image, after: Image, index: IndexKeys): number {
  if (isDeepStrictEqual(before, after)) return 0;
  if (before === undefined || after === undefined) return unitsOf(before ?? after);
  const sameKey = [index.partitionKey, index.sortKey].every((key) => before[key] === after[key]);
  return sameKey ? Math.max(unitsOf(before), unitsOf(after)) : unitsOf(before) + unitsOf(after);
}

/** What an index holds of an item; nothing when a key is missing. */
function entryOf(image: Image, { partitionKey, sortKey, projection }: IndexKeys): Image {
  if (image?.[partitionKey] === undefined || image[sortKey] === undefined) return undefined;
  if (projection === 'all') return image;
  const included = projection === 'keys' ? [] : projection.include;
  return Object.fromEntries(
    [...new Set(['pk', 'sk', partitionKey, sortKey, ...included])]
      .filter((name) => image[name] !== undefined)
      .map((name) => [name, image[name]]),
  );
}

function unitsOf(image: Image): number {
  return image === undefined ? 0 : Math.ceil(itemSize(image) / 1024);
}
