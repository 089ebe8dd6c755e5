import { expect, test } from '@jest/globals';
import { SQSClient } from '@aws-sdk/client-sqs';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { sqsJobQueue } from '../../../lambdas/shared/job-queue.ts';
import { answeredBy } from './aws-answers.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';

interface Entry {
  Id: string;
  MessageBody: string;
  DelaySeconds?: number;
}

/** A queue, and the entries of each call; `refuse` says which entries SQS does not take. */
function queue(refuse: (entry: Entry, call: number) => boolean = () => false) {
  const calls: Entry[][] = [];
  const client = new SQSClient({
    ...answeredBy(({ operation, input }) => {
      expect(operation).toBe('SendMessageBatch');
      expect(input['QueueUrl']).toBe(queueUrl);
      const entries = input['Entries'] as Entry[];
      calls.push(entries);
      const refused = entries.filter((entry) => refuse(entry, calls.length));
      return {
        Successful: entries
          .filter((entry) => !refused.includes(entry))
          .map(({ Id }) => ({ Id, MessageId: Id })),
        Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      };
    }),
    // The answers of this service have no checksums to compare.
    md5: false,
  });
  return { calls, jobs: sqsJobQueue<unknown>(queueUrl, {}, client) };
}

const bodies = (calls: Entry[][]): unknown[] =>
  calls.flat().map(({ MessageBody }) => JSON.parse(MessageBody) as unknown);

test('jobs are sent as JSON, ten a call', async () => {
  const { calls, jobs } = queue();
  const sent = Array.from({ length: 23 }, (_, number) => ({ number }));
  await jobs.send(sent);
  expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
  expect(bodies(calls)).toEqual(sent);
});

test('characters that SQS refuses are sent as their escapes', async () => {
  const { calls, jobs } = queue();
  const job = { text: 'a\uFFFEb\uFFFFc \uFFFD 🐟' };
  await jobs.send([job]);
  expect(calls[0]?.[0]?.MessageBody).toBe('{"text":"a\\ufffeb\\uffffc \uFFFD 🐟"}');
  expect(bodies(calls)).toEqual([job]);
});

test('without jobs nothing is called', async () => {
  const { calls, jobs } = queue();
  await jobs.send([]);
  expect(calls).toEqual([]);
});

test('a call stays below what SQS takes, by bytes', async () => {
  const { calls, jobs } = queue();
  await jobs.send(Array.from({ length: 9 }, () => 'ü'.repeat(40_000)));
  for (const entries of calls) {
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0);
    expect(bytes).toBeLessThanOrEqual(262_144);
  }
  expect(calls.flat()).toHaveLength(9);
  expect(calls.length).toBeLessThan(9);
});

test('a delay is the delay of each', async () => {
  const { calls, jobs } = queue();
  await jobs.send(['a', 'b'], 900);
  expect(calls.flat().map(({ DelaySeconds }) => DelaySeconds)).toEqual([900, 900]);
});

test('what SQS refuses singly is sent again, alone', async () => {
  const { calls, jobs } = queue(({ Id }, call) => call === 1 && Id === '1');
  await jobs.send(['a', 'b', 'c']);
  expect(calls.map((entries) => bodies([entries]))).toEqual([['a', 'b', 'c'], ['b']]);
});

test('what SQS keeps refusing is a passing failure, after three tries', async () => {
  const { calls, jobs } = queue(({ Id }) => Id === '1');
  await expect(jobs.send(['a', 'b'])).rejects.toThrow(TransientError);
  expect(calls).toHaveLength(3);
});
