import { SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { clientSettings, tellErrorsApart } from './aws-client.ts';
import { TransientError } from './errors.ts';
import { queueJson } from './queue-json.ts';

/** A queue that a domain gives itself work by. */
export interface JobQueue<Job> {
  /**
   * Sends jobs; all are in the queue when it returns. A retry after an error may send some twice, so
   * jobs are made to bear that.
   *
   * @param delaySeconds 0-900 (the limit of SQS)
   * @throws TransientError when some were not taken.
   */
  send(jobs: readonly Job[], delaySeconds?: number): Promise<void>;
}

/** Messages of one SendMessageBatch call (the limit of SQS). */
const entriesPerCall = 10;

/** Bytes that one call may carry, all messages together: 256 KiB less room for what surrounds them. */
const bytesPerCall = 250_000;

/** Tries for messages that SQS refuses singly; a whole call is retried by the SDK. */
const tries = 3;

export interface JobQueueOptions<Job> {
  /**
   * Whose job it is. On a FIFO queue the jobs of a group are done one at a time, in order; on a
   * standard one SQS keeps a group with many jobs from delaying the others ("fair queues").
   */
  groupOf?: (job: Job) => string;
  /** FIFO: a job that was sent in the last five minutes is not taken again. */
  deduplicationIdOf?: (job: Job) => string;
}

export function sqsJobQueue<Job>(
  queueUrl: string,
  { groupOf, deduplicationIdOf }: JobQueueOptions<Job> = {},
  client = newSqsClient(),
): JobQueue<Job> {
  const sendPart = async (
    entries: SendMessageBatchRequestEntry[],
    triesLeft: number,
  ): Promise<void> => {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    if (Failed.length === 0) return;
    if (triesLeft <= 1) throw new TransientError(`SQS did not take ${Failed.length} jobs`);
    const failed = new Set(Failed.map(({ Id }) => Id));
    await sendPart(
      entries.filter(({ Id }) => failed.has(Id)),
      triesLeft - 1,
    );
  };
  return {
    async send(jobs, delaySeconds) {
      const messages = jobs.map((job) => ({
        MessageBody: queueJson(job),
        ...(groupOf && { MessageGroupId: groupOf(job) }),
        ...(deduplicationIdOf && { MessageDeduplicationId: deduplicationIdOf(job) }),
        ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
      }));
      for (const part of parts(messages)) {
        const entries = part.map((message, index) => ({ Id: String(index), ...message }));
        await sendPart(entries, tries);
      }
    },
  };
}

function* parts<Message extends { MessageBody: string }>(
  messages: readonly Message[],
): Generator<Message[]> {
  let part: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.MessageBody);
    if (part.length === entriesPerCall || (part.length > 0 && bytes + size > bytesPerCall)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function newSqsClient(): SQSClient {
  const client = new SQSClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
