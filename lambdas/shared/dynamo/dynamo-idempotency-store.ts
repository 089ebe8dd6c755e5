import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { idempotencySeconds } from '../idempotency.ts';
import type { IdempotencyStore } from '../idempotency.ts';
import type { Clock } from '../identifier.ts';

const rowSchema = z.object({ bodyHash: z.string(), answer: z.string() });

/** First answers as rows `IDEM#<key>` of the domain's own table; one conditional write each. */
export function dynamoIdempotencyStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  now: Clock,
): IdempotencyStore {
  return {
    async remember(key, entry) {
      const nowSeconds = Math.floor(now() / 1000);
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: `IDEM#${key}`,
              sk: 'IDEM',
              ...entry,
              expiresAt: nowSeconds + idempotencySeconds,
            },
            // Time to live deletes late: an expired row counts as none.
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': nowSeconds },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        return rowSchema.parse(unmarshall(error.Item));
      }
    },
  };
}
