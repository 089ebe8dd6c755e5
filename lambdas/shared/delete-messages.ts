import { DeleteMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings, tellErrorsApart } from './aws-client.ts';

/** Deletes received messages from a queue, named by their receipt handles, before their invocation ends. */
export type DeleteMessages = (receiptHandles: readonly string[]) => Promise<void>;

/** Messages of one DeleteMessageBatch call (the limit of SQS). */
const entriesPerCall = 10;

/**
 * Messages that SQS does not delete are left to the invocation's end.
 *
 * @throws TransientError when a call fails.
 */
export function sqsDeleteMessages(queueUrl: string, client = newSqsClient()): DeleteMessages {
  return async (receiptHandles) => {
    for (let start = 0; start < receiptHandles.length; start += entriesPerCall) {
      const handles = receiptHandles.slice(start, start + entriesPerCall);
      const Entries = handles.map((ReceiptHandle, place) => ({ Id: String(place), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  };
}

function newSqsClient(): SQSClient {
  const client = new SQSClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
