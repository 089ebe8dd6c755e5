import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
import type { Action } from './action.ts';
import { headKey, keys, suffix } from './contract.ts';
import { dynamoKeptCopies } from './dynamo-kept-copies.ts';
import { dynamoTimelineHeads } from './dynamo-timeline-heads.ts';
import { privateRow } from './private-row.ts';
import { keyRange } from './row-range.ts';
import type { PrivateTimelines } from './timeline-store.ts';

const itemKey = z.object({ pk: z.string(), sk: z.string() });

type ItemKey = z.output<typeof itemKey>;

export function dynamoPrivateTimelines(
  client: DynamoDBDocumentClient,
  tableName: string,
): PrivateTimelines {
  const write = async (requests: Parameters<typeof batchWrite>[2]) => {
    await batchWrite(client, tableName, requests);
  };

  /** Deletes an item for which a condition on `:at` holds; false when there is none. */
  const deleteIf = async (Key: ItemKey, condition: string, atMs: number): Promise<boolean> => {
    try {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ':at': atMs },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    ...dynamoTimelineHeads(client, tableName),
    ...dynamoKeptCopies(client, tableName),

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
      await write(
        copies.map(({ owner, ulid, followId }) => deletion(owner, `${ulid}#${followId}`)),
      );
    },

    async addNote(owner, note) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...actionItem(owner, suffix.note, note),
            noteKey: note.actor,
            postedAt: note.postedAt,
          },
        }),
      );
    },

    async deleteNotes(notes) {
      await write(notes.map(({ owner, ulid }) => deletion(owner, `${ulid}#${suffix.note}`)));
    },

    async deleteNotesPostedBy(notes, atMs) {
      const outcomes = await Promise.all(
        notes.map(async ({ owner, ulid }) =>
          deleteIf(keyOf(owner, `${ulid}#${suffix.note}`), 'postedAt <= :at', atMs),
        ),
      );
      return outcomes.filter((deleted) => deleted).length;
    },

    async notesBy(actor, { after, limit }) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'notesByActor',
          KeyConditionExpression: `noteKey = :actor${after === undefined ? '' : ' AND sk > :after'}`,
          ExpressionAttributeValues: {
            ':actor': actor,
            ...(after !== undefined && { ':after': `${after}#${suffix.end}` }),
          },
          Limit: limit,
        }),
      );
      return Items.map((item) => {
        const { pk, sk } = itemKey.parse(item);
        return { owner: pk.slice(keys.privateTimeline('').length), ulid: sk.slice(0, 26) };
      });
    },

    async markRemoved(owner, ulid) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: keyOf(owner, `${ulid}#${suffix.removed}`),
        }),
      );
    },

    async deleteMarks(removed) {
      await write(removed.map(({ owner, ulid }) => deletion(owner, `${ulid}#${suffix.removed}`)));
    },

    async deleteHead(owner, atMs) {
      const unread = 'attribute_not_exists(lastReadAt) OR lastReadAt <= :at';
      await deleteIf(keyOf(owner, headKey), unread, atMs);
    },
  };
}

function actionItem(owner: string, rowSuffix: string, { ulid, actor, verb, target, data }: Action) {
  return {
    ...keyOf(owner, `${ulid}#${rowSuffix}`),
    actor,
    verb,
    target,
    data,
  };
}

function deletion(owner: string, sk: string) {
  return { DeleteRequest: { Key: keyOf(owner, sk) } };
}

function keyOf(owner: string, sk: string): ItemKey {
  return { pk: keys.privateTimeline(owner), sk };
}
