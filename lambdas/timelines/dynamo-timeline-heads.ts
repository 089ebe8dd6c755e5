import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
import { TransientError } from '../shared/errors.ts';
import { headKey, keys } from './contract.ts';
import type { MergedActor, TimelineHeads } from './timeline-store.ts';

const headSchema = z.object({
  readMark: z.number().optional(),
  lastReadAt: z.number().optional(),
  rebuildOwed: z.boolean().optional(),
});

const mergedSchema = z.object({
  sk: z.string(),
  actor: z.string(),
  until: z.number().optional(),
});

const lastReadSchema = z.object({ pk: z.string(), lastReadAt: z.number().optional() });

/** Reads for keys that DynamoDB leaves unprocessed; the wait between them doubles. */
const readsOfUnprocessed = 8;
const unprocessedWaitMs = 10;

/** Keys of one BatchGetItem call (DynamoDB's limit). */
const keysPerGet = 100;

/** The rows of a private timeline that concern it as a whole. */
export function dynamoTimelineHeads(
  client: DynamoDBDocumentClient,
  tableName: string,
): TimelineHeads {
  return {
    async head(owner) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :head)',
          ExpressionAttributeValues: { ':pk': keys.privateTimeline(owner), ':head': headKey },
          ConsistentRead: true,
        }),
      );
      const own = headSchema.parse(Items.find((item) => item['sk'] === headKey) ?? {});
      return {
        ...own,
        rebuildOwed: own.rebuildOwed === true,
        merged: Items.filter((item) => item['sk'] !== headKey).map(mergedActor),
      };
    },

    async lastReads(owners, consistent) {
      const known = new Map<string, number | undefined>();
      for (let start = 0; start < owners.length; start += keysPerGet) {
        let wanted: BatchGetCommandInput['RequestItems'] = {
          [tableName]: {
            Keys: [...new Set(owners.slice(start, start + keysPerGet))].map(headOf),
            ProjectionExpression: 'pk, lastReadAt',
            ConsistentRead: consistent,
          },
        };
        for (let reads = 0; wanted && Object.keys(wanted).length > 0; reads += 1) {
          if (reads === readsOfUnprocessed) throw new TransientError('keys stay unprocessed');
          if (reads > 0) await sleep(unprocessedWaitMs * 2 ** reads);
          const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await client.send(
            new BatchGetCommand({ RequestItems: wanted }),
          );
          for (const item of Responses?.[tableName] ?? []) {
            const { pk, lastReadAt } = lastReadSchema.parse(item);
            known.set(pk, lastReadAt);
          }
          wanted = UnprocessedKeys;
        }
      }
      return owners.map((owner) => known.get(keys.privateTimeline(owner)));
    },

    async touch(owner, nowMs, rebuildOwed) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: headOf(owner),
          UpdateExpression: `SET lastReadAt = :now${rebuildOwed ? ', rebuildOwed = :yes' : ''}`,
          ExpressionAttributeValues: { ':now': nowMs, ...(rebuildOwed && { ':yes': true }) },
        }),
      );
    },

    async rebuilt(owner) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: headOf(owner),
          UpdateExpression: 'REMOVE rebuildOwed',
        }),
      );
    },

    async setReadMark(owner, atMs, force) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: headOf(owner),
            UpdateExpression: 'SET readMark = :at',
            ...(!force && {
              ConditionExpression: 'attribute_not_exists(readMark) OR readMark < :at',
            }),
            ExpressionAttributeValues: { ':at': atMs },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return atMs;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        return headSchema.parse(unmarshall(error.Item)).readMark ?? atMs;
      }
    },

    async writeMerged(merged) {
      await batchWrite(
        client,
        tableName,
        merged.map(({ owner, actor, followId, until }) => ({
          PutRequest: {
            Item: { pk: keys.privateTimeline(owner), sk: `${headKey}#${followId}`, actor, until },
          },
        })),
      );
    },

    async deleteMerged(merged) {
      await batchWrite(
        client,
        tableName,
        merged.map(({ owner, followId }) => ({
          DeleteRequest: { Key: { pk: keys.privateTimeline(owner), sk: `${headKey}#${followId}` } },
        })),
      );
    },
  };
}

function mergedActor(item: Record<string, unknown>): MergedActor {
  const { sk, actor, until } = mergedSchema.parse(item);
  return { actor, followId: sk.slice(headKey.length + 1), ...(until !== undefined && { until }) };
}

function headOf(owner: string) {
  return { pk: keys.privateTimeline(owner), sk: headKey };
}
