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
 * What a failed call of DynamoDB is to this application: a passing failure (throttling, a fault of the
 * service, a lost connection) is a `TransientError`, anything else stays what it is. Of a write with a
 * passing failure nobody knows whether it happened.
 */
export function asOurError(error: unknown): unknown {
  return isTransient(error) ? new TransientError(error.name, { cause: error }) : error;
}

function isTransient(error: unknown): error is Error {
  if (error instanceof DynamoDBServiceException) {
    return error.$fault === 'server' || passing.includes(error.name);
  }
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return lostConnection.test(error.name) || lostConnection.test(code);
}
