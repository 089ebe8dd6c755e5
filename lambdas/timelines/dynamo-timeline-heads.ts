import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { batchGet } from '../shared/dynamo/batch-get.ts';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
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
      const rows = await batchGet(client, tableName, [...new Set(owners)].map(headOf), {
        attributes: ['pk', 'lastReadAt'],
        consistent,
      });
      const known = new Map(
        rows.map((row) => lastReadSchema.parse(row)).map(({ pk, lastReadAt }) => [pk, lastReadAt]),
      );
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
