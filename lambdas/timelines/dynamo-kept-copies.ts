import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { keys } from './contract.ts';
import type { KeptCopies } from './timeline-store.ts';

/** Characters of `#<followId>` at the end of a sort key; the owner before it may hold anything. */
const followIdPart = 27;

/** Whose copies of an actor outlive their follow. */
export function dynamoKeptCopies(client: DynamoDBDocumentClient, tableName: string): KeptCopies {
  return {
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
        return { owner: sk.slice(0, -followIdPart), followId: sk.slice(1 - followIdPart) };
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
