import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { transact } from '../shared/dynamo/transaction.ts';
import { TransientError } from '../shared/errors.ts';
import { rfc3339 } from '../shared/identifier.ts';
import { erasurePart, prefixes } from './contract.ts';
import type { ErasurePart } from './contract.ts';
import { counterKey, edgeRow, erasureKey, pairOf } from './dynamo-follow-items.ts';
import { DynamoFollowQueries } from './dynamo-follow-queries.ts';
import type { ErasableFollow, Erasure, ErasureStore, PartProgress } from './erasure-store.ts';
import type { CounterShard } from './follow-store.ts';

const time = z.iso.datetime({ precision: 3 });

/** An erasure as read back, from the table or its stream. */
const erasureRow = z.object({
  pk: z.string().startsWith(prefixes.erasure),
  erasureId: z.ulid(),
  state: z.enum(['running', 'done']),
  startedAt: time,
  finishedAt: time.optional(),
  parts: z.partialRecord(erasurePart, z.object({ removed: z.int().min(0), done: z.boolean() })),
});

/** Keeps erasures beside the follows that they end. */
export class DynamoErasureStore implements ErasureStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #queries: DynamoFollowQueries;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#queries = new DynamoFollowQueries(client, tableName);
  }

  async erasure(ref: string): Promise<Erasure | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: erasureKey(ref), ConsistentRead: true }),
    );
    return Item && erasureOf(Item);
  }

  async begin({
    ref,
    startedAtMs,
    erasureId,
    state,
    parts,
  }: Erasure): Promise<'begun' | 'running'> {
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: {
            ...erasureKey(ref),
            erasureId,
            state,
            startedAt: rfc3339(startedAtMs),
            parts,
          },
          ConditionExpression: 'attribute_not_exists(pk) OR #state = :done',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':done': 'done' },
        }),
      );
      return 'begun';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'running';
      throw error;
    }
  }

  async raise(
    { ref, erasureId }: { ref: string; erasureId: string },
    part: ErasurePart,
    { removed, done }: PartProgress,
  ): Promise<Erasure | undefined> {
    await this.#updateIf(ref, {
      UpdateExpression: 'SET parts.#part.removed = :removed',
      ConditionExpression: 'erasureId = :erasureId AND parts.#part.removed < :removed',
      ExpressionAttributeNames: { '#part': part },
      ExpressionAttributeValues: { ':erasureId': erasureId, ':removed': removed },
    });
    if (done) {
      await this.#updateIf(ref, {
        UpdateExpression: 'SET parts.#part.done = :true',
        ConditionExpression: 'erasureId = :erasureId AND parts.#part.done = :false',
        ExpressionAttributeNames: { '#part': part },
        ExpressionAttributeValues: { ':erasureId': erasureId, ':true': true, ':false': false },
      });
    }
    const erasure = await this.erasure(ref);
    return erasure?.erasureId === erasureId ? erasure : undefined;
  }

  async finish(
    { ref, erasureId }: { ref: string; erasureId: string },
    finishedAtMs: number,
  ): Promise<void> {
    await this.#updateIf(ref, {
      UpdateExpression: 'SET #state = :done, finishedAt = :finishedAt',
      ConditionExpression: 'erasureId = :erasureId AND #state = :running',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':erasureId': erasureId,
        ':running': 'running',
        ':done': 'done',
        ':finishedAt': rfc3339(finishedAtMs),
      },
    });
  }

  async followingsOf(
    ref: string,
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<ErasableFollow[]> {
    const rows = await this.#queries.query(
      {
        KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: {
          ':pk': `${prefixes.edge}${ref}`,
          ...(after !== undefined && { ':after': after }),
        },
        ConsistentRead: true,
      },
      limit,
    );
    return rows.map((row) => {
      const edge = edgeRow.parse(row);
      return { ...pairOf(edge), followId: edge.followId };
    });
  }

  async deleteCounters(ref: string, shards: readonly CounterShard[]): Promise<'deleted' | 'stale'> {
    if (shards.length === 0) return 'deleted';
    const result = await transact(
      this.#client,
      shards.map(({ shard, writes }) => ({
        Delete: {
          TableName: this.#tableName,
          Key: counterKey(ref, shard),
          ConditionExpression: 'writes = :writes',
          ExpressionAttributeValues: { ':writes': writes },
        },
      })),
    );
    if (result.outcome === 'done') return 'deleted';
    if (result.obstacles.includes('condition')) return 'stale';
    throw new TransientError('the counters are being written');
  }

  async #updateIf(ref: string, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>) {
    try {
      await this.#client.send(
        new UpdateCommand({ TableName: this.#tableName, Key: erasureKey(ref), ...update }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

/** @throws ZodError when the item is no erasure. */
export function erasureOf(item: Record<string, unknown>): Erasure {
  const { pk, startedAt, finishedAt, ...rest } = erasureRow.parse(item);
  return {
    ...rest,
    ref: pk.slice(prefixes.erasure.length),
    startedAtMs: Date.parse(startedAt),
    finishedAtMs: finishedAt === undefined ? undefined : Date.parse(finishedAt),
  };
}
