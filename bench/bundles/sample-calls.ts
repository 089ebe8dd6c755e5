import { keys } from '../../lambdas/convos/contract.ts';
import type { UpkeepJob } from '../../lambdas/convos/contract.ts';
import { sideRow } from '../../lambdas/convos/convo-rows.ts';
import { excerptOf } from '../../lambdas/convos/message-text.ts';
import { emptySide, withMessage } from '../../lambdas/convos/thread-side.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { streamRecords } from '../../test/support/dynamodb-stream-record.ts';
import { newLetter, newResource } from '../sample.ts';
import type { Call } from './order.ts';

/** A call, and how it must be answered. */
export type SampleCall = Call & { answer: number };

/** What a function answers without I/O, and from its table; one of them at least. */
export type Samples =
  | { withoutIo: SampleCall; fromTable?: SampleCall }
  | { withoutIo?: never; fromTable: SampleCall };

/** By the name of the function. */
export const samples: Readonly<Record<string, Samples>> = {
  CoreApi: { withoutIo: get('/v1/health', 200) },
  FollowsApi: {
    withoutIo: get('/v1/resources/nobody:1/counts', 400),
    fromTable: get(`/v1/resources/${newResource()}/counts`, 200),
  },
  TimelinesApi: {
    withoutIo: get('/v1/resources/nobody:1/timelines/public', 400),
    fromTable: get(`/v1/resources/${newResource()}/timelines/public`, 200),
  },
  ConvosApi: {
    withoutIo: get('/v1/threads?folder=trash', 400),
    fromTable: get('/v1/convos/unread-count', 200),
  },
  ConvosRelay: { withoutIo: records(sideThatGotAMessage(), 0) },
  ConvosUpkeep: { fromTable: records([jobMessage(clearingOfNothing())], 0) },
};

function get(url: string, answer: number): SampleCall {
  return { kind: 'request', method: 'GET', url, sub: 'reader', answer };
}

function records(of: unknown[], answer: number): SampleCall {
  return { kind: 'records', records: of, answer };
}

/** A change that no event follows from: those need a bus. */
function sideThatGotAMessage(): unknown[] {
  const [owner, other] = [newResource(), newResource()];
  const [thread, ulid] = [randomUlid(Date.now()), randomUlid(Date.now())];
  const { subject, body } = newLetter();
  const before = emptySide({ owner, other, thread, subject, last: thread });
  const copy = { owner, other, thread, ulid, isSent: false, excerpt: excerptOf(body), bytes: 500 };
  const after = withMessage(before, copy);
  return streamRecords([
    {
      keys: keys.side(owner, thread),
      before: sideRow(before),
      after: sideRow(after),
      atMs: Date.now(),
    },
  ]);
}

function clearingOfNothing(): UpkeepJob {
  const thread = randomUlid(Date.now());
  return { kind: 'clear', owner: newResource(), thread, upTo: thread };
}

/** A message of a queue as Lambda hands it to a function. */
function jobMessage(job: UpkeepJob) {
  return {
    messageId: 'message-1',
    receiptHandle: 'receipt-1',
    body: JSON.stringify(job),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:jobs',
    awsRegion: 'us-east-1',
  };
}
