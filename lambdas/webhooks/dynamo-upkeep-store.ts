import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { keys } from './contract.ts';
import { erasureProgress } from './upkeep-store.ts';
import type { UpkeepStore } from './upkeep-store.ts';

const itemKey = z.object({ pk: z.string(), sk: z.string() });
const deliveryRow = itemKey.extend({ hook: z.string() });

/** Sorts behind every ULID. */
const behindAll = '~';

type Range = Pick<QueryCommandInput, 'KeyConditionExpression' | 'ExpressionAttributeValues'>;

/** The upkeep's view of the webhooks' table. */
export function dynamoUpkeepStore(client: DynamoDBDocumentClient, tableName: string): UpkeepStore {
  /** Rows of a partition, in order, page by page. */
  async function* rows(range: Range, limit: number): AsyncGenerator<unknown[]> {
    let start: QueryCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: range.KeyConditionExpression,
          ExpressionAttributeValues: range.ExpressionAttributeValues,
          ProjectionExpression: 'pk, sk, hook',
          ConsistentRead: true,
          Limit: limit,
          ExclusiveStartKey: start,
        }),
      );
      yield Items;
      start = LastEvaluatedKey;
    } while (start);
  }

  const remove = async (gone: readonly ItemKey[]): Promise<number> => {
    await batchWrite(
      client,
      tableName,
      gone.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    );
    return gone.length;
  };

  return {
    async removeDeliveries(hook, { upTo = behindAll, limit }) {
      const gone: ItemKey[] = [];
      const range = {
        KeyConditionExpression: 'pk = :pk AND sk <= :upTo',
        ExpressionAttributeValues: { ':pk': keys.deliveriesOf(hook), ':upTo': upTo },
      };
      for await (const page of rows(range, limit)) {
        // Another hook may have the same mark.
        const own = z
          .array(deliveryRow)
          .parse(page)
          .filter((row) => row.hook === hook);
        gone.push(...own.slice(0, limit - gone.length));
        if (gone.length === limit) break;
      }
      return remove(gone);
    },

    async removeLane(hook, limit) {
      const range = {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.lane(hook).pk },
      };
      for await (const page of rows(range, limit)) {
        return remove(z.array(itemKey).parse(page));
      }
      return 0;
    },

    async erasure(ref) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keys.erasure(ref), ConsistentRead: true }),
      );
      return Item && erasureProgress.parse(Item);
    },

    async beginErasure(ref, erasureId) {
      await unlessRefused(async () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...keys.erasure(ref), erasureId, removed: 0, done: false },
            ConditionExpression: 'attribute_not_exists(pk) OR erasureId < :erasureId',
            ExpressionAttributeValues: { ':erasureId': erasureId },
          }),
        ),
      );
    },

    async addErased(ref, erasureId, removed) {
      await unlessRefused(async () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keys.erasure(ref),
            UpdateExpression: 'ADD removed :removed',
            ConditionExpression: 'erasureId = :erasureId',
            ExpressionAttributeValues: { ':removed': removed, ':erasureId': erasureId },
          }),
        ),
      );
    },

    async finishErasure(ref, erasureId) {
      await unlessRefused(async () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keys.erasure(ref),
            UpdateExpression: 'SET done = :true',
            ConditionExpression: 'erasureId = :erasureId',
            ExpressionAttributeValues: { ':true': true, ':erasureId': erasureId },
          }),
        ),
      );
    },
  };
}

/** A write that finds nothing to do any more is done. */
async function unlessRefused(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
