import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../errors.ts';

/** Refusals that say nothing against the request: it may simply be sent again. */
const passing: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
];

/** Network failures as Node and the SDK name them. */
const lostConnection =
  /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|TimeoutError|AbortError)$/;

/**
 * A call of DynamoDB whose passing failures (throttling, faults of the service, lost connections) are
 * `TransientError`s, after the SDK's own retries. A write may have happened all the same.
 */
export async function withTransientFailures<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isTransient(error)) throw error;
    throw new TransientError(error.name, { cause: error });
  }
}

function isTransient(error: unknown): error is Error {
  if (error instanceof DynamoDBServiceException) {
    return error.$fault === 'server' || passing.includes(error.name);
  }
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return lostConnection.test(error.name) || lostConnection.test(code);
}
