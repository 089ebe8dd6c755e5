import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
import { headKey, keys, suffix } from './contract.ts';
import type { Action } from './action.ts';
import { privateRow } from './private-row.ts';
import { keyRange } from './row-range.ts';
import type { MergedActor, PrivateTimelines } from './timeline-store.ts';

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

/** Keys of one BatchGetItem call (DynamoDB's limit). */
const keysPerGet = 100;

export function dynamoPrivateTimelines(
  client: DynamoDBDocumentClient,
  tableName: string,
): PrivateTimelines {
  const write = async (requests: Parameters<typeof batchWrite>[2]) => {
    await batchWrite(client, tableName, requests);
  };
  const deletion = (owner: string, sk: string) => ({
    DeleteRequest: { Key: { pk: keys.privateTimeline(owner), sk } },
  });
  const headOf = (owner: string) => ({ pk: keys.privateTimeline(owner), sk: headKey });

  return {
    async read(owner, range) {
      const [low, high] = keyRange(range);
      if (low > high) return { rows: [], more: false };
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
          ExpressionAttributeValues: {
            ':pk': keys.privateTimeline(owner),
            ':low': low,
            ':high': high,
          },
          ScanIndexForward: range.order === 'asc',
          Limit: range.limit,
          ConsistentRead: true,
        }),
      );
      return { rows: Items.map(privateRow), more: LastEvaluatedKey !== undefined };
    },

    async writeCopies(copies) {
      await write(
        copies.map(({ owner, followId, ...action }) => ({
          PutRequest: { Item: actionItem(owner, followId, action) },
        })),
      );
    },

    async deleteCopies(copies) {
      await write(copies.map(({ owner, ulid, followId }) => deletion(owner, `${ulid}#${followId}`)));
    },

    async addNote(owner, note) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...actionItem(owner, suffix.note, note), noteKey: note.actor },
        }),
      );
    },

    async deleteNotes(notes) {
      await write(notes.map(({ owner, ulid }) => deletion(owner, `${ulid}#${suffix.note}`)));
    },

    async notesBy(actor, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'notesByActor',
          KeyConditionExpression: 'noteKey = :actor',
          ExpressionAttributeValues: { ':actor': actor },
          Limit: limit,
        }),
      );
      const rowSchema = z.object({ pk: z.string(), sk: z.string() });
      return Items.map((item) => {
        const { pk, sk } = rowSchema.parse(item);
        return { owner: pk.slice(keys.privateTimeline('').length), ulid: sk.slice(0, 26) };
      });
    },

    async markRemoved(owner, ulid) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { pk: keys.privateTimeline(owner), sk: `${ulid}#${suffix.removed}` },
        }),
      );
    },

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
        while (wanted && Object.keys(wanted).length > 0) {
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
            ...(!force && { ConditionExpression: 'attribute_not_exists(readMark) OR readMark < :at' }),
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
      await write(
        merged.map(({ owner, actor, followId, until }) => ({
          PutRequest: {
            Item: { pk: keys.privateTimeline(owner), sk: `${headKey}#${followId}`, actor, until },
          },
        })),
      );
    },

    async deleteMerged(merged) {
      await write(merged.map(({ owner, followId }) => deletion(owner, `${headKey}#${followId}`)));
    },

    async deleteAll(owner, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': keys.privateTimeline(owner) },
          ProjectionExpression: 'sk',
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      await write(Items.map((item) => deletion(owner, z.string().parse(item['sk']))));
      return Items.length;
    },

    async keep(actor, { owner, followId }) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { pk: keys.kept(actor), sk: `${owner}#${followId}` },
        }),
      );
    },

    async kept(actor, { after, limit }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: {
            ':pk': keys.kept(actor),
            ...(after !== undefined && { ':after': after }),
          },
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      const rows = Items.map((item) => {
        const sk = z.string().parse(item['sk']);
        return { owner: sk.slice(0, -27), followId: sk.slice(-26) };
      });
      return { rows, more: LastEvaluatedKey !== undefined };
    },

    async forgetKept(actor, { owner, followId }) {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: { pk: keys.kept(actor), sk: `${owner}#${followId}` },
        }),
      );
    },
  };
}

function actionItem(owner: string, rowSuffix: string, { ulid, actor, verb, target, data }: Action) {
  return {
    pk: keys.privateTimeline(owner),
    sk: `${ulid}#${rowSuffix}`,
    actor,
    verb,
    target,
    data,
  };
}

function mergedActor(item: Record<string, unknown>): MergedActor {
  const { sk, actor, until } = mergedSchema.parse(item);
  return { actor, followId: sk.slice(headKey.length + 1), ...(until !== undefined && { until }) };
}
