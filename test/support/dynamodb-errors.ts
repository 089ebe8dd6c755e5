import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ThrottlingException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

/**
 * DynamoDB's refusals and lost answers as the AWS SDK throws them: classes, names, `$fault` and
 * status codes are the real ones, since error handling decides by them. (DynamoDB API reference,
 * "Common errors", and TransactWriteItems, "Errors".)
 */

/** What DynamoDB holds against one item of a transaction. */
export type CancellationCode =
  | 'None'
  | 'ConditionalCheckFailed'
  | 'TransactionConflict'
  | 'ThrottlingError'
  | 'ProvisionedThroughputExceeded'
  | 'ItemCollectionSizeLimitExceeded'
  | 'ValidationError';

const reasons: Record<Exclude<CancellationCode, 'None'>, string> = {
  ConditionalCheckFailed: 'The conditional request failed',
  TransactionConflict: 'Transaction is ongoing for the item',
  ThrottlingError:
    'Throughput exceeds the current capacity for one or more global secondary indexes.',
  ProvisionedThroughputExceeded: 'The level of configured provisioned throughput was exceeded.',
  ItemCollectionSizeLimitExceeded: 'Collection size exceeded.',
  ValidationError: 'Item size has exceeded the maximum allowed size.',
};

/** One code for each item of the transaction, in its order. */
export function transactionCanceled(
  codes: readonly CancellationCode[],
): TransactionCanceledException {
  return new TransactionCanceledException({
    $metadata: metadata(400),
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
      `[${codes.join(', ')}]`,
    CancellationReasons: codes.map((code) =>
      code === 'None' ? { Code: code } : { Code: code, Message: reasons[code] },
    ),
  });
}

export function conditionalCheckFailed(): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    $metadata: metadata(400),
    message: reasons.ConditionalCheckFailed,
  });
}

/** A partition gets more than its 1,000 WCU or 3,000 RCU: it happens to on-demand tables too. */
export function provisionedThroughputExceeded(): ProvisionedThroughputExceededException {
  return new ProvisionedThroughputExceededException({
    $metadata: metadata(400),
    message: reasons.ProvisionedThroughputExceeded,
  });
}

export function throttled(): ThrottlingException {
  return new ThrottlingException({
    $metadata: metadata(400),
    message: 'Throughput exceeds the current throughput limit for your account or table.',
  });
}

/** A fault of the service, after which nobody knows whether a write happened. */
export function internalServerError(): InternalServerError {
  return new InternalServerError({ $metadata: metadata(500), message: 'Internal server error' });
}

/** The SDK's own name for a request that took too long. */
export function timedOut(): Error {
  return Object.assign(new Error('Request did not complete within 3000 ms'), {
    name: 'TimeoutError',
  });
}

/** As Node reports it. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}

function metadata(httpStatusCode: number) {
  return { httpStatusCode, requestId: 'FAULTYREQUEST', attempts: 1, totalRetryDelay: 0 };
}
