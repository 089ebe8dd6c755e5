import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SQSClient,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { emulatorClient } from '../../../scripts/local/emulator-client.ts';
import { stackUnderTest } from './api.ts';

/**
 * Lets a queue of the stack give failed messages again after so many seconds, while something is tried.
 * @param pattern of the queue's name
 */
export async function withVisibilityTimeout(
  pattern: RegExp,
  seconds: number,
  tried: () => Promise<void>,
): Promise<void> {
  const client = emulatorClient(SQSClient, await stackUnderTest());
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ MaxResults: 1000 }));
  const [QueueUrl, ...others] = QueueUrls.filter((url) =>
    pattern.test(url.split('/').at(-1) ?? ''),
  );
  if (QueueUrl === undefined || others.length > 0) {
    throw new Error(`not one queue has a name like ${String(pattern)}`);
  }
  const AttributeNames = ['VisibilityTimeout' as const];
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  const set = (VisibilityTimeout: string) =>
    client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
  await set(String(seconds));
  try {
    await tried();
  } finally {
    await set(Attributes?.['VisibilityTimeout'] ?? '');
  }
}
