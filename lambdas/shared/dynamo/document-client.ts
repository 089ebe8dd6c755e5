import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings, tellErrorsApart } from '../aws-client.ts';

/**
 * A document client. Region, endpoint and credentials come from the environment, locally as on AWS.
 * `undefined` attributes are left out of what is written. What fails for a passing reason, after the
 * SDK's own retries, fails with a `TransientError`.
 */
export function newDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ ...clientSettings, ...config });
  tellErrorsApart(client);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
