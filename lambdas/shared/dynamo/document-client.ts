import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { asOurError } from './transient-failure.ts';

/** Tries of one call by the SDK itself: throttling and lost connections, with its own back-off. */
const maxAttempts = 6;

/**
 * A document client. Region, endpoint and credentials come from the environment, locally as on AWS.
 * `undefined` attributes are left out of what is written. What fails for a passing reason, after the
 * SDK's own retries, fails with a `TransientError`.
 */
export function newDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ maxAttempts, ...config });
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        throw asOurError(error);
      }
    },
    // Outermost: around the SDK's own retries.
    { step: 'initialize', priority: 'high', name: 'sequiturErrors' },
  );
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
