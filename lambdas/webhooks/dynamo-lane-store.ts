import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { keys, lanePrefixes } from './contract.ts';
import { emptyLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { laneOf, laneRow, queuedOf, queuedRow, recordOf, recordRow } from './lane-rows.ts';
import { recordsPerRead } from './lane-store.ts';
import type { BatchRecord, LaneStore } from './lane-store.ts';

/** Lanes in the webhooks' table: one write for each change. */
export function dynamoLaneStore(client: DynamoDBDocumentClient, tableName: string): LaneStore {
  return new DynamoLaneStore(client, tableName);
}

class DynamoLaneStore implements LaneStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async read(hook: string): Promise<Lane> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: keys.lane(hook), ConsistentRead: true }),
    );
    return Item ? laneOf(Item) : emptyLane(hook);
  }

  async save(lane: Lane): Promise<'saved' | 'changed'> {
    const after: Lane = { ...lane, version: lane.version + 1 };
    const isAsRead = lane.version === 0 ? 'attribute_not_exists(pk)' : 'version = :version';
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: laneRow(after),
          ConditionExpression: isAsRead,
          ...(lane.version > 0 && { ExpressionAttributeValues: { ':version': lane.version } }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'saved';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const stored = error.Item && laneOf(unmarshall(error.Item));
      return isDeepStrictEqual(stored, withoutUndefined(after)) ? 'saved' : 'changed';
    }
  }

  async record(hook: string, record: BatchRecord): Promise<void> {
    await this.#put(recordRow(hook, record));
  }

  async records(hook: string, batch: number, limit = recordsPerRead): Promise<BatchRecord[]> {
    const { pk, sk } = keys.record(hook, batch, '');
    const rows = await this.#query(pk, sk, limit, `${lanePrefixes.record}~`);
    return rows.map(recordOf);
  }

  async enqueue(hook: string, sequence: string, delivery: string): Promise<void> {
    await this.#put(queuedRow(hook, { sequence, delivery }));
  }

  async queued(hook: string, limit: number): Promise<{ sequence: string; delivery: string }[]> {
    const { pk } = keys.lane(hook);
    const rows = await this.#query(pk, lanePrefixes.queued, limit, `${lanePrefixes.queued}~`);
    return rows.map(queuedOf);
  }

  async dequeue(hook: string, sequence: string): Promise<void> {
    await this.#client.send(
      new DeleteCommand({ TableName: this.#tableName, Key: keys.queued(hook, sequence) }),
    );
  }

  async #put(row: Record<string, unknown>): Promise<void> {
    await this.#client.send(new PutCommand({ TableName: this.#tableName, Item: row }));
  }

  /** Rows of a partition from a sort key on, in order; fewer than the limit only at the end. */
  async #query(pk: string, from: string, limit: number, to: string): Promise<unknown[]> {
    const found: unknown[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
          ConsistentRead: true,
          Limit: limit - found.length,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...Items);
      start = LastEvaluatedKey;
    } while (start && found.length < limit);
    return found;
  }
}

/** A lane as it is read back. */
function withoutUndefined(lane: Lane): Lane {
  return laneOf(JSON.parse(JSON.stringify(laneRow(lane))));
}
