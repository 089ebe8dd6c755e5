import { TransientError } from './errors.ts';

/** Refusals of DynamoDB, SQS and EventBridge that say nothing against the request: it may be sent again. */
const passing: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
];

/** Network failures as Node and the SDK name them. */
const lostConnection =
  /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|TimeoutError|AbortError)$/;

/**
 * What a failed call of AWS is to this application: a passing failure (throttling, a fault of the
 * service, a lost connection) is a `TransientError`, anything else stays what it is. Of a write with a
 * passing failure nobody knows whether it happened.
 */
export function asOurError(error: unknown): unknown {
  return isTransient(error) ? new TransientError(error.name, { cause: error }) : error;
}

function isTransient(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if ('$fault' in error && error.$fault === 'server') return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    passing.includes(error.name) || lostConnection.test(error.name) || lostConnection.test(code)
  );
}
