import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { allFailures, indexes, keys, prefixes } from './contract.ts';
import { deliveryOf, failedOf } from './delivery-rows.ts';
import type { Row } from './delivery-rows.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore, DueRow } from './delivery-store.ts';
import { allShards, dueRowOf, dueTime } from './due-key.ts';

type Range = Parameters<DeliveryStore['ofHook']>[1];

/** What a query found, and from where to go on. */
interface Found {
  deliveries: Delivery[];
  after?: string | undefined;
}

/** Reads of a partition for one page: few deliveries among many must not take for ever. */
const readsPerPage = 10;

/** Rows of one read where some are not wanted. */
const rowsPerFilteredRead = 1_000;

/** Deliveries of a hook, strongly consistently; of two hooks with the same mark, those of one. */
export async function queryOfHook(
  client: DynamoDBDocumentClient,
  tableName: string,
  { hook, nowSeconds, ...range }: Range & { hook: string; nowSeconds: number },
): Promise<Found> {
  const { order, after, limit, maxBytes = Infinity } = range;
  const isFiltered = range.statuses !== undefined || range.batches !== undefined;
  const deliveries: Delivery[] = [];
  let bytes = 0;
  let from: Row | undefined =
    after === undefined ? undefined : { pk: keys.deliveriesOf(hook), sk: after };
  for (let reads = 0; reads < readsPerPage; reads += 1) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        ...condition(hook, range, nowSeconds),
        ScanIndexForward: order === 'asc',
        ConsistentRead: true,
        ExclusiveStartKey: from,
        // One more shows whether there are more.
        Limit: isFiltered ? Math.max(rowsPerFilteredRead, limit + 1) : limit + 1,
      }),
    );
    for (const [place, item] of Items.entries()) {
      const delivery = deliveryOf(item);
      bytes += Buffer.byteLength(delivery.payload ?? '');
      if (deliveries.length > 0 && bytes > maxBytes) return endingAt(deliveries);
      deliveries.push(delivery);
      const isLast = place === Items.length - 1 && LastEvaluatedKey === undefined;
      if (deliveries.length === limit) return isLast ? { deliveries } : endingAt(deliveries);
    }
    if (LastEvaluatedKey === undefined) return { deliveries };
    from = LastEvaluatedKey;
  }
  return { deliveries, after: sortKey.parse(from).sk };
}

const sortKey = z.object({ sk: z.string() });

function endingAt(deliveries: Delivery[]): Found {
  return { deliveries, after: deliveries.at(-1)?.ulid };
}

function condition(
  hook: string,
  { from = ' ', to = '~', statuses, batches }: Range,
  nowSeconds: number,
): Pick<QueryCommandInput, 'KeyConditionExpression' | 'FilterExpression'> & {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, string | number>;
} {
  const wanted = statuses?.map((status, place): [string, string] => [
    `:status${String(place)}`,
    status,
  ]);
  const filters = [
    'hook = :hook',
    'expiresAt > :now',
    ...(wanted ? [`#status IN (${wanted.map(([name]) => name).join(', ')})`] : []),
    ...(batches ? ['#batch >= :firstBatch', '#batch <= :lastBatch'] : []),
  ];
  // Both are reserved words.
  const names = { ...(wanted && { '#status': 'status' }), ...(batches && { '#batch': 'batch' }) };
  const isNamed = Object.keys(names).length > 0;
  return {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    FilterExpression: filters.join(' AND '),
    ...(isNamed && { ExpressionAttributeNames: names }),
    ExpressionAttributeValues: {
      ':pk': keys.deliveriesOf(hook),
      ':from': from,
      ':to': to,
      ':hook': hook,
      ':now': nowSeconds,
      ...Object.fromEntries(wanted ?? []),
      ...(batches && { ':firstBatch': batches.from, ':lastBatch': batches.to }),
    },
  };
}

const failureKey = z.object({ sk: z.ulid() });

/** ULIDs of failed deliveries by index, newest first; fewer than the limit only at the end. */
export async function queryFailures(
  client: DynamoDBDocumentClient,
  tableName: string,
  of: { owner: string | null } | 'all',
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<string[]> {
  const {
    IndexName,
    partitionKey,
    sortKey: byKey,
    partition,
  } = of === 'all'
    ? { ...indexes.allFailures, IndexName: 'allFailures', partition: allFailures }
    : { ...indexes.failures, IndexName: 'failures', partition: failedOf(of.owner) };
  const rows = await queryIndex(client, {
    TableName: tableName,
    IndexName,
    KeyConditionExpression: '#partition = :partition AND #key < :after',
    ExpressionAttributeNames: { '#partition': partitionKey, '#key': byKey },
    ExpressionAttributeValues: { ':partition': partition, ':after': after ?? '~' },
    ScanIndexForward: false,
    Limit: limit,
  });
  return rows.map((row) => failureKey.parse(row).sk);
}

const dueSchema = z.object({ pk: z.string(), sk: z.string(), dueAt: z.string() });

/** What is due until a moment, by index, oldest first. */
export async function queryDue(
  client: DynamoDBDocumentClient,
  tableName: string,
  atMs: number,
  limit: number,
): Promise<DueRow[]> {
  const { partitionKey, sortKey: byTime } = indexes.due;
  const shards = await Promise.all(
    allShards.map(async (shard) =>
      queryIndex(client, {
        TableName: tableName,
        IndexName: 'due',
        KeyConditionExpression: '#shard = :shard AND #time < :end',
        ExpressionAttributeNames: { '#shard': partitionKey, '#time': byTime },
        ExpressionAttributeValues: { ':shard': shard, ':end': dueTime(atMs + 1) },
        Limit: limit,
      }),
    ),
  );
  const rows = shards.flat().map((item) => {
    const { pk, sk, dueAt } = dueSchema.parse(item);
    return dueRowOf(dueAt, pk.startsWith(prefixes.delivery) ? sk : undefined);
  });
  return rows.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, limit);
}

/** The first items of an index; a second read only where a page would exceed 1 MB. */
async function queryIndex(
  client: DynamoDBDocumentClient,
  { Limit = 1, ...input }: QueryCommandInput,
): Promise<Row[]> {
  const found: Row[] = [];
  let from: Row | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...input, ExclusiveStartKey: from, Limit: Limit - found.length }),
    );
    found.push(...Items);
    from = LastEvaluatedKey;
  } while (from !== undefined && found.length < Limit);
  return found;
}
