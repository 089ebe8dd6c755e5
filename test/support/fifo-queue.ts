import { createHash } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock } from '../../lambdas/shared/identifier.ts';
import type { JobQueue } from '../../lambdas/shared/job-queue.ts';
import { readBatchResponse } from './batch-response.ts';
import { lambdaContext, throughJson } from './lambda-context.ts';

interface Message {
  messageId: string;
  body: string;
  group: string;
  sequence: string;
  sentAtMs: number;
  receiveCount: number;
  visibleAtMs: number;
}

export interface FifoQueueOptions {
  now: Clock;
  /** @default 360: six times a function's time-out of 60 s */
  visibilityTimeoutSeconds?: number;
  /** Receives after which a message goes to the dead letters. @default 5 */
  maxReceiveCount?: number;
}

/** SQS developer guide, "Using the message deduplication ID". */
const deduplicationMs = 5 * 60_000;

/** Lambda API, CreateEventSourceMapping: the most for FIFO queues. */
const batchSize = 10;

/**
 * An SQS FIFO queue and the event source mapping behind it, by AWS's rules: a batch has up to ten
 * messages of several groups, each group's in order; a group of which a message is in flight or waits
 * for its visibility time-out is not received; the same deduplication id within five minutes is taken and
 * dropped; sequence numbers of 20 digits rise by more than one. (SQS developer guide, "FIFO queue delivery
 * logic"; Lambda developer guide, "Handling errors for an SQS event source".)
 */
export class FifoQueue {
  readonly deadLetters: Message[] = [];
  invocations = 0;
  readonly #options: Required<FifoQueueOptions>;
  #messages: Message[] = [];
  readonly #deduplication = new Map<string, number>();
  #sent = 0;

  constructor(options: FifoQueueOptions) {
    this.#options = { visibilityTimeoutSeconds: 360, maxReceiveCount: 5, ...options };
  }

  get size(): number {
    return this.#messages.length;
  }

  send(
    body: string,
    { group, deduplicationId }: { group: string; deduplicationId: string },
  ): 'sent' | 'dropped' {
    const nowMs = this.#options.now();
    if (nowMs < (this.#deduplication.get(deduplicationId) ?? 0)) return 'dropped';
    this.#deduplication.set(deduplicationId, nowMs + deduplicationMs);
    this.#put(body, group);
    return 'sent';
  }

  /** Moves what is among the dead letters back, behind what waits: these are new messages. */
  redrive(): void {
    for (const { body, group } of this.deadLetters.splice(0)) this.#put(body, group);
  }

  #put(body: string, group: string): void {
    const nowMs = this.#options.now();
    this.#sent += 1;
    this.#messages.push({
      messageId: `message-${String(this.#sent)}`,
      body,
      group,
      sequence: (18_850_000_000_000_000_000n + BigInt(this.#sent) * 256n).toString(),
      sentAtMs: nowMs,
      receiveCount: 0,
      visibleAtMs: nowMs,
    });
  }

  /** The port by which a domain sends into it. */
  jobs<Job>(of: {
    groupOf: (job: Job) => string;
    deduplicationIdOf: (job: Job) => string;
  }): JobQueue<Job> {
    return {
      send: (jobs, delaySeconds) => {
        if (delaySeconds !== undefined) throw new RangeError('FIFO queues delay no single message');
        for (const job of jobs) {
          const group = of.groupOf(job);
          this.send(JSON.stringify(job), { group, deduplicationId: of.deduplicationIdOf(job) });
        }
        return Promise.resolve();
      },
    };
  }

  /** When a group has something to receive next; nothing while the queue is empty. */
  nextReceiveAtMs(): number | undefined {
    const blocked = this.#blockedUntil();
    const times = this.#messages.map(({ group }) => blocked.get(group) ?? 0);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Hands one batch to a handler, if there is one to be had.
   *
   * @param max 1-10; smaller batches occur on AWS whatever the mapping says
   */
  async deliver(
    handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>,
    max = batchSize,
  ): Promise<'idle' | 'done' | 'failed'> {
    const received = this.#receive(max);
    if (received.length === 0) return 'idle';
    this.invocations += 1;
    const known = new Set(received.map(({ messageId }) => messageId));
    const event = throughJson({ Records: received.map(recordOf) }) as SQSEvent;
    let failed = known;
    try {
      const context = lambdaContext('lane', `request-${String(this.invocations)}`);
      const report = readBatchResponse(await handler(event, context), known);
      if (report.failed === 'none') failed = new Set();
      if (report.failed === 'some') failed = new Set(report.identifiers);
    } catch {
      // The function's error: all are received again.
    }
    this.#messages = this.#messages.filter(
      (message) => !known.has(message.messageId) || failed.has(message.messageId),
    );
    return failed.size === 0 ? 'done' : 'failed';
  }

  /** DeleteMessageBatch: messages that were received, by the handles of their last receive. */
  readonly delete = (receiptHandles: readonly string[]): Promise<void> => {
    const gone = new Set(receiptHandles);
    this.#messages = this.#messages.filter((message) => !gone.has(receiptHandleOf(message)));
    return Promise.resolve();
  };

  #receive(max: number): Message[] {
    const nowMs = this.#options.now();
    const { visibilityTimeoutSeconds, maxReceiveCount } = this.#options;
    const blocked = this.#blockedUntil();
    const received: Message[] = [];
    for (const message of this.#messages) {
      if ((blocked.get(message.group) ?? 0) > nowMs) continue;
      if (message.receiveCount >= maxReceiveCount) {
        this.deadLetters.push(message);
      } else if (received.length < max) {
        message.receiveCount += 1;
        message.visibleAtMs = nowMs + visibilityTimeoutSeconds * 1000;
        received.push(message);
      }
    }
    this.#messages = this.#messages.filter((message) => !this.deadLetters.includes(message));
    return received;
  }

  /** By group, when its messages are all visible. */
  #blockedUntil(): Map<string, number> {
    const until = new Map<string, number>();
    for (const { group, visibleAtMs } of this.#messages) {
      until.set(group, Math.max(until.get(group) ?? 0, visibleAtMs));
    }
    return until;
  }
}

function receiptHandleOf({ messageId, receiveCount }: Message): string {
  return `${messageId}:${String(receiveCount)}`;
}

function recordOf(message: Message): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle: receiptHandleOf(message),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAtMs),
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: String(message.sentAtMs),
      MessageGroupId: message.group,
      SequenceNumber: message.sequence,
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:lane.fifo',
    awsRegion: 'us-east-1',
  };
}
