import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchGet } from '../shared/dynamo/batch-get.ts';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { indexes, prefixes } from './contract.ts';
import {
  counterRow,
  edgeKey,
  edgeRow,
  endedRow,
  listedEdgeRow,
  listKey,
  pairOf,
} from './dynamo-follow-items.ts';
import type {
  CounterShard,
  FollowQueries,
  ListEntry,
  ListQuery,
  StoredEdge,
} from './follow-store.ts';
import type { EndReason, FollowPair } from './follows-read.ts';

const ulid = z.ulid();

/** Reads follows from their table. */
export class DynamoFollowQueries implements FollowQueries {
  protected readonly client: DynamoDBDocumentClient;
  protected readonly tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.client = client;
    this.tableName = tableName;
  }

  async edges(pairs: readonly FollowPair[]): Promise<(StoredEdge | undefined)[]> {
    const keys = new Map(pairs.map((pair) => [nameOf(edgeKey(pair)), edgeKey(pair)]));
    const found = new Map<string, StoredEdge>();
    for (const item of await batchGet(this.client, this.tableName, [...keys.values()])) {
      const { pk, sk, ...edge } = edgeRow.parse(item);
      found.set(nameOf({ pk, sk }), edge);
    }
    return pairs.map((pair) => found.get(nameOf(edgeKey(pair))));
  }

  async list({ list, ref, type, order, after, limit }: ListQuery): Promise<ListEntry[]> {
    const { partitionKey, sortKey } = indexes[list];
    const rows = await this.query(
      {
        IndexName: list,
        KeyConditionExpression:
          after === undefined ? '#p = :p' : `#p = :p AND #s ${order === 'asc' ? '>' : '<'} :after`,
        ExpressionAttributeNames: {
          '#p': partitionKey,
          ...(after !== undefined && { '#s': sortKey }),
        },
        ExpressionAttributeValues: {
          ':p': listKey(ref, type),
          ...(after !== undefined && { ':after': after }),
        },
        ScanIndexForward: order === 'asc',
      },
      limit,
    );
    return rows.map((row) => {
      const { follower, followed } = pairOf(listedEdgeRow.parse(row));
      return { ref: list === 'followers' ? follower : followed, id: ulid.parse(row[sortKey]) };
    });
  }

  async counters(ref: string): Promise<CounterShard[]> {
    const rows = await this.#partition(`${prefixes.counter}${ref}`);
    return rows.map((row) => {
      const { pk: _pk, sk, writes, ...values } = counterRow.parse(row);
      return { shard: Number(sk), writes, values };
    });
  }

  async endedFollows(follower: string, reason?: EndReason): Promise<Set<string>> {
    const rows = await this.#partition(`${prefixes.ended}${follower}`);
    const ended = rows.map((row) => endedRow.parse(row));
    return new Set(ended.flatMap((end) => (end.reason === (reason ?? end.reason) ? end.sk : [])));
  }

  /** Items of a query, page after page, to the end or up to a limit. */
  async query(
    input: Omit<QueryCommandInput, 'TableName'>,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({
          ...input,
          TableName: this.tableName,
          ExclusiveStartKey: from,
          ...(Number.isFinite(limit) && { Limit: limit - items.length }),
        }),
      );
      items.push(...Items);
      from = LastEvaluatedKey;
    } while (from !== undefined && items.length < limit);
    return items;
  }

  async #partition(pk: string): Promise<Record<string, unknown>[]> {
    return this.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    });
  }
}

/** References contain no `#`, so that this names one key only. */
function nameOf({ pk, sk }: ItemKey): string {
  return `${pk}#${sk}`;
}
