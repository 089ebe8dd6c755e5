import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Page } from './page.ts';
import { indexes } from './contract.ts';

/** Entries of an index that hold all that is given. */
export interface IndexFilter {
  rule?: string | undefined;
  target?: string | undefined;
  targets?: readonly string[] | undefined;
  content?: string | undefined;
}

export interface IndexRange {
  index: keyof typeof indexes;
  partition: string;
  /** ULID behind which it begins. */
  after: string | undefined;
  limit: number;
  order: 'asc' | 'desc';
  filter?: IndexFilter;
}

/** Reads of a partition for one page: few entries among many must not take for ever. */
const readsPerPage = 10;

/** Entries of one read where some are not wanted. */
const entriesPerFilteredRead = 1_000;

/** Values of one `IN` (DynamoDB's limit). */
const valuesPerIn = 100;

const position = z.object({ ulid: z.string() });

/** A page of an index, eventually consistent. Filtered, it may be shorter than its limit and not the last. */
export async function readIndex<Entry extends { ulid: string }>(
  client: DynamoDBDocumentClient,
  tableName: string,
  { index, partition, after, limit, order, filter = {} }: IndexRange,
  entrySchema: z.ZodType<Entry>,
): Promise<Page<Entry>> {
  const filtering = filterOf(filter);
  const { partitionKey, sortKey } = indexes[index];
  const bound = order === 'asc' ? '#sort > :after' : '#sort < :after';
  const found: Entry[] = [];
  let from: Record<string, unknown> | undefined;
  for (let reads = 0; reads < readsPerPage; reads += 1) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: `#partition = :partition${after === undefined ? '' : ` AND ${bound}`}`,
        FilterExpression: filtering.expression,
        ExpressionAttributeNames: {
          '#partition': partitionKey,
          ...(after !== undefined && { '#sort': sortKey }),
          ...filtering.names,
        },
        ExpressionAttributeValues: {
          ':partition': partition,
          ...(after !== undefined && { ':after': after }),
          ...filtering.values,
        },
        ScanIndexForward: order === 'asc',
        ExclusiveStartKey: from,
        // One more shows whether there are more.
        Limit: filtering.expression === undefined ? limit + 1 : entriesPerFilteredRead,
      }),
    );
    found.push(...z.array(entrySchema).parse(Items));
    if (found.length > limit) {
      const items = found.slice(0, limit);
      return { items, after: items.at(-1)?.ulid };
    }
    if (LastEvaluatedKey === undefined) return { items: found, after: undefined };
    from = LastEvaluatedKey;
  }
  return { items: found, after: position.parse(from).ulid };
}

/** How many entries a partition of an index has, eventually consistent. */
export async function countIndex(
  client: DynamoDBDocumentClient,
  tableName: string,
  { index, partition }: Pick<IndexRange, 'index' | 'partition'>,
): Promise<number> {
  let count = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const { Count = 0, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        Select: 'COUNT',
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': indexes[index].partitionKey },
        ExpressionAttributeValues: { ':partition': partition },
        ExclusiveStartKey: from,
      }),
    );
    count += Count;
    from = LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}

interface Filtering {
  expression: string | undefined;
  names: Record<string, string>;
  values: Record<string, string>;
}

function filterOf({ rule, target, targets, content }: IndexFilter): Filtering {
  const conditions: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries({ rule, target, content })) {
    if (value === undefined) continue;
    conditions.push(`#${name} = :${name}`);
    names[`#${name}`] = name;
    values[`:${name}`] = value;
  }
  if (targets !== undefined) {
    const placeholders = targets.map((_target, place) => `:target${String(place)}`);
    const parts: string[] = [];
    for (let start = 0; start < placeholders.length; start += valuesPerIn) {
      const some = placeholders.slice(start, start + valuesPerIn);
      parts.push(`#target IN (${some.join(', ')})`);
    }
    conditions.push(`(${parts.join(' OR ')})`);
    names['#target'] = 'target';
    for (const [place, value] of targets.entries()) values[`:target${String(place)}`] = value;
  }
  return {
    expression: conditions.length > 0 ? conditions.join(' AND ') : undefined,
    names,
    values,
  };
}
