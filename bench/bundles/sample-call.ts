import type { Call } from './order.ts';

/** A call, and how it must be answered. */
export type SampleCall = Call & { answer: number };

/** What a function answers without I/O, and from its table. Without either only its size is measured. */
export interface Samples {
  withoutIo?: SampleCall;
  fromTable?: SampleCall;
}

export function get(url: string, answer: number, { admin = false } = {}): SampleCall {
  return { kind: 'request', method: 'GET', url, sub: 'reader', admin, answer };
}

export function records(of: unknown[], answer: number): SampleCall {
  return { kind: 'records', records: of, answer };
}

/** A message of a queue as Lambda hands it to a function; `group`: of a FIFO queue. */
export function jobMessage(job: object, group?: string) {
  return {
    messageId: 'message-1',
    receiptHandle: 'receipt-1',
    body: JSON.stringify(job),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      ...(group !== undefined && { MessageGroupId: group, SequenceNumber: '18849496460467696128' }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:jobs',
    awsRegion: 'us-east-1',
  };
}
