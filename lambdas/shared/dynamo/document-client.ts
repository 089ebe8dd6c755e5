import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Tries of one call by the SDK itself: throttling and lost connections, with its own back-off. */
const maxAttempts = 6;

/**
 * A document client. Region, endpoint and credentials come from the environment, locally as on AWS.
 * `undefined` attributes are left out of what is written.
 */
export function newDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts, ...config }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}
