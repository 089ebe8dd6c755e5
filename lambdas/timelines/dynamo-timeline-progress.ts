import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { keys } from './contract.ts';
import type { TimelineProgress } from './timeline-store.ts';

const fanOutSchema = z.object({ mode: z.enum(['copy', 'merge']), since: z.number() });

const erasureSchema = z.object({ erasureId: z.string(), removed: z.number(), done: z.boolean() });

export function dynamoTimelineProgress(
  client: DynamoDBDocumentClient,
  tableName: string,
): TimelineProgress {
  /** Begins an erasure's record, unless a later erasure has begun already. */
  const begin = async (item: { erasureId: string } & Record<string, unknown>): Promise<void> => {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk) OR erasureId < :id',
          ExpressionAttributeValues: { ':id': item.erasureId },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return {
    async fanOut(actor) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keys.fanOut(actor), ConsistentRead: true }),
      );
      return Item ? fanOutSchema.parse(Item) : { mode: 'copy', since: 0 };
    },

    async setFanOut(actor, { mode, since }) {
      await client.send(
        new PutCommand({ TableName: tableName, Item: { ...keys.fanOut(actor), mode, since } }),
      );
    },

    async forgetFanOut(actor) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: keys.fanOut(actor) }));
    },

    async erasure(ref) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keys.erasure(ref), ConsistentRead: true }),
      );
      return Item && erasureSchema.parse(Item);
    },

    async addErased(ref, erasureId, removed, done) {
      const Key = keys.erasure(ref);
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key,
            UpdateExpression: 'ADD removed :removed SET done = :done',
            ConditionExpression: 'erasureId = :id',
            ExpressionAttributeValues: { ':removed': removed, ':done': done, ':id': erasureId },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        await begin({ ...Key, ref, erasureId, removed, done });
      }
    },
  };
}
