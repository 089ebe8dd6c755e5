import { expect, test } from '@jest/globals';
import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { asOurError } from '../../../lambdas/shared/transient-failure.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import {
  conditionalCheckFailed,
  connectionReset,
  internalServerError,
  provisionedThroughputExceeded,
  throttled,
  timedOut,
  transactionCanceled,
} from '../../support/dynamodb-errors.ts';

test('a cancelled transaction names one reason for each item', () => {
  const error = transactionCanceled(['None', 'TransactionConflict', 'ConditionalCheckFailed']);
  expect(error).toBeInstanceOf(TransactionCanceledException);
  expect(error.message).toContain('[None, TransactionConflict, ConditionalCheckFailed]');
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    { Code: 'TransactionConflict', Message: expect.any(String) },
    { Code: 'ConditionalCheckFailed', Message: expect.any(String) },
  ]);
});

test.each([
  [provisionedThroughputExceeded(), 'client', 400],
  [throttled(), 'client', 400],
  [conditionalCheckFailed(), 'client', 400],
  [internalServerError(), 'server', 500],
])('%s has the fault and the status of the real one', (error, fault, status) => {
  expect(error).toBeInstanceOf(DynamoDBServiceException);
  expect(error.$fault).toBe(fault);
  expect(error.$metadata.httpStatusCode).toBe(status);
});

test.each([
  provisionedThroughputExceeded(),
  throttled(),
  internalServerError(),
  timedOut(),
  connectionReset(),
])('%s is passing in the eyes of the client', (refusal) => {
  expect(asOurError(refusal)).toBeInstanceOf(TransientError);
});

test('a refused condition stays what it is', () => {
  const refusal = conditionalCheckFailed();
  expect(asOurError(refusal)).toBe(refusal);
});
