import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../shared/dynamo/batch-get.ts';
import type { Page } from '../page.ts';
import { keys, partitions } from '../contract.ts';
import { countIndex, readIndex } from '../dynamo-index.ts';
import type { IndexRange } from '../dynamo-index.ts';
import { sizedPage } from '../sized-page.ts';
import { rowMarkSchema, rowOf } from './row-rows.ts';
import type { Row } from './row.ts';
import type { RowFilter, RowStore } from './row-store.ts';
import { isWanted } from './wanted-row.ts';

/** Rows of a list that are read at once: of 200 KB each, with messages and attempts as long as they get. */
const rowsPerRead = 50;

/** Lists of the queue: an index shows which rows, which are then read as they are. */
export function dynamoRowLists(
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<RowStore, 'list' | 'oldest' | 'count'> {
  const rowsOf = async (ulids: readonly string[]): Promise<Map<string, Row>> => {
    const items = await batchGet(client, tableName, ulids.map(keys.row));
    return new Map(items.map(rowOf).map((row) => [row.ulid, row]));
  };
  return {
    async list(filter, page) {
      const range = { ...bestIndex(filter), ...page, order: 'desc' as const };
      const marks = await readIndex(client, tableName, range, rowMarkSchema);
      const rows: Page<Row> = await sizedPage(marks, {
        itemsPerRead: rowsPerRead,
        read: async (some) => {
          const found = await rowsOf(some.map(({ ulid }) => ulid));
          return some.map(({ ulid }) => found.get(ulid));
        },
      });
      // Indexes lag, and that of a content knows no statuses.
      return { ...rows, items: rows.items.filter((row) => isWanted(row, filter)) };
    },
    oldest(status, filter, page) {
      if (filter.targets?.length === 0) return Promise.resolve({ items: [], after: undefined });
      const range = { index: 'byStatus', partition: status, order: 'asc', filter } as const;
      return readIndex(client, tableName, { ...range, ...page }, rowMarkSchema);
    },
    count: (status) => countIndex(client, tableName, { index: 'byStatus', partition: status }),
  };
}

/** The index that leaves the fewest rows to be filtered. */
function bestIndex({
  status,
  content,
  ...rest
}: RowFilter): Pick<IndexRange, 'index' | 'partition' | 'filter'> {
  if (content !== undefined) return { index: 'byContent', partition: content, filter: rest };
  if (status === 'failed') return { index: 'failed', partition: partitions.failed, filter: rest };
  if (status !== undefined) return { index: 'byStatus', partition: status, filter: rest };
  return { index: 'listed', partition: partitions.rows, filter: rest };
}
