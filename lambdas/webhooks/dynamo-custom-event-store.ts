import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { customEventOf, customEventRow } from './custom-event.ts';
import type { CustomEventStore } from './custom-event-store.ts';

/** Sent events as rows of the webhooks' table; one conditional write each. */
export function dynamoCustomEventStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): CustomEventStore {
  return {
    async create(event, expiresAt) {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: customEventRow(event, expiresAt),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return {};
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        const { bodyHash } = customEventOf(unmarshall(error.Item));
        return { existing: { bodyHash } };
      }
    },
  };
}
