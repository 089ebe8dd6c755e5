import { expect, test } from '@jest/globals';
import { SQSClient } from '@aws-sdk/client-sqs';
import { sqsDeleteMessages } from '../../../lambdas/shared/delete-messages.ts';
import { answeredBy } from './aws-answers.ts';
import type { AwsRequest } from './aws-answers.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/lane.fifo';

test('messages are deleted by their handles, ten in a call', async () => {
  const requests: AwsRequest[] = [];
  const client = new SQSClient(
    answeredBy((request) => {
      requests.push(request);
      return { Successful: [], Failed: [] };
    }),
  );
  const handles = Array.from({ length: 12 }, (_, place) => `handle ${String(place)}`);
  await sqsDeleteMessages(queueUrl, client)(handles);
  expect(requests.map(({ operation }) => operation)).toEqual([
    'DeleteMessageBatch',
    'DeleteMessageBatch',
  ]);
  const entries = requests.map(({ input }) => input['Entries'] as { ReceiptHandle: string }[]);
  expect(entries.map(({ length }) => length)).toEqual([10, 2]);
  expect(entries.flat().map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(handles);
  expect(requests.every(({ input }) => input['QueueUrl'] === queueUrl)).toBe(true);
});
