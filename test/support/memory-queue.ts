import { createHash } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import type { Clock } from '../../lambdas/shared/identifier.ts';
import type { JobQueue } from '../../lambdas/shared/job-queue.ts';
import { shuffled } from './seeded-random.ts';
import type { Random } from './seeded-random.ts';

export interface MemoryQueueOptions {
  name: string;
  now: Clock;
  /** How long a received message is hidden from others. @default 30, as in SQS */
  visibilityTimeoutSeconds?: number;
  /** Ordered per group, without duplicates. @default a standard queue */
  fifo?: boolean;
  deadLetters?: { queue: MemoryQueue; maxReceiveCount: number };
  /**
   * What a standard queue is allowed to do: messages come in any order, and that share (0-1) of them
   * comes once more after it was deleted. (SQS developer guide, "Amazon SQS standard queues": a server
   * that was unavailable during the delete still holds its copy.)
   */
  unreliable?: { random: Random; duplicateRate: number };
}

export interface SendOptions {
  /** 0-900; standard queues only. */
  delaySeconds?: number;
  /** FIFO queues only, and needed there. */
  groupId?: string;
  /** FIFO queues only: the same id within five minutes is taken and dropped. @default the body's hash */
  deduplicationId?: string;
}

export interface QueuedMessage {
  messageId: string;
  body: string;
  sentAtMs: number;
  receiveCount: number;
  groupId: string | undefined;
}

/** SQS as far as an event source mapping and the functions behind it can tell. */
export interface MemoryQueue {
  readonly name: string;
  readonly fifo: boolean;
  /** Answers the message's id. */
  send: (body: string, options?: SendOptions) => string;
  /**
   * Hides and returns up to that many visible messages. A message that has been received
   * `maxReceiveCount` times goes to the dead-letter queue instead, keeping its id. (SQS developer guide,
   * "Using dead-letter queues": moved when the receive count exceeds the maximum.)
   */
  receive: (max: number) => SQSRecord[];
  delete: (messageId: string) => void;
  /** All that it holds, hidden ones too, in the order sent. */
  messages: () => QueuedMessage[];
  /** When there is something to receive, in the past if there is now; undefined when empty. */
  nextReceiveAtMs: () => number | undefined;
  /** For the dead-letter policy of another queue. */
  takeOver: (message: QueuedMessage) => void;
}

interface Held extends QueuedMessage {
  visibleAtMs: number;
  firstReceivedAtMs: number | undefined;
  cameTwice: boolean;
}

/** SQS developer guide, "Using the message deduplication ID": the deduplication interval. */
const deduplicationMs = 5 * 60_000;

/** @throws RangeError for options that SQS refuses. */
export function memoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { name, now, deadLetters, unreliable, fifo = false } = options;
  const visibilityMs = (options.visibilityTimeoutSeconds ?? 30) * 1000;
  if (fifo && unreliable)
    throw new RangeError('a FIFO queue keeps its order and has no duplicates');
  if (deadLetters && deadLetters.queue.fifo !== fifo) {
    throw new RangeError('a queue and its dead-letter queue are of the same kind');
  }

  const held = new Map<string, Held>();
  let sent = 0;
  const deduplication = new Map<string, { messageId: string; untilMs: number }>();

  const hold = (message: QueuedMessage, visibleAtMs: number) => {
    const fresh = { visibleAtMs, firstReceivedAtMs: undefined, cameTwice: false };
    held.set(message.messageId, { ...message, ...fresh });
  };
  // A message in flight hides the rest of its group until it is deleted or visible again. (SQS developer
  // guide, "Interleaving multiple ordered message groups".)
  const receivableAtMs = (message: Held): number => {
    if (!fifo) return message.visibleAtMs;
    const group = [...held.values()].filter(({ groupId }) => groupId === message.groupId);
    return Math.max(...group.map(({ visibleAtMs }) => visibleAtMs));
  };

  return {
    name,
    fifo,
    send(body, { delaySeconds = 0, groupId, deduplicationId } = {}) {
      if (fifo !== (groupId !== undefined)) throw new RangeError('FIFO queues alone have groups');
      if (fifo && delaySeconds > 0) throw new RangeError('FIFO queues delay no single message');
      if (delaySeconds < 0 || delaySeconds > 900) throw new RangeError('delaySeconds is 0-900');
      const messageId = `${name}-${sent + 1}`;
      if (fifo) {
        const id = deduplicationId ?? createHash('sha256').update(body).digest('hex');
        const earlier = deduplication.get(id);
        if (earlier && now() < earlier.untilMs) return earlier.messageId;
        deduplication.set(id, { messageId, untilMs: now() + deduplicationMs });
      }
      sent += 1;
      const sentAtMs = now();
      hold({ messageId, body, sentAtMs, receiveCount: 0, groupId }, sentAtMs + delaySeconds * 1000);
      return messageId;
    },
    receive(max) {
      const visible = [...held.values()].filter((message) => receivableAtMs(message) <= now());
      const received: SQSRecord[] = [];
      for (const message of unreliable ? shuffled(visible, unreliable.random) : visible) {
        if (deadLetters && message.receiveCount >= deadLetters.maxReceiveCount) {
          held.delete(message.messageId);
          deadLetters.queue.takeOver(message);
        } else if (received.length < max) {
          message.receiveCount += 1;
          message.visibleAtMs = now() + visibilityMs;
          message.firstReceivedAtMs ??= now();
          received.push(recordOf(message, name));
        }
      }
      return received;
    },
    delete(messageId) {
      const message = held.get(messageId);
      if (!message) return;
      if (unreliable && !message.cameTwice && unreliable.random() < unreliable.duplicateRate) {
        message.cameTwice = true;
        message.visibleAtMs = now();
      } else {
        held.delete(messageId);
      }
    },
    messages: () =>
      [...held.values()].map(({ messageId, body, sentAtMs, receiveCount, groupId }) => ({
        messageId,
        body,
        sentAtMs,
        receiveCount,
        groupId,
      })),
    nextReceiveAtMs() {
      let earliest: number | undefined;
      for (const message of held.values()) {
        earliest = Math.min(earliest ?? Infinity, receivableAtMs(message));
      }
      return earliest;
    },
    takeOver: (message) => hold({ ...message, receiveCount: 0 }, now()),
  };
}

/** The port by which a domain gives itself work, over such a queue. */
export function jobsInto<Job>(queue: MemoryQueue): JobQueue<Job> {
  return {
    send(jobs, delaySeconds = 0) {
      for (const job of jobs) queue.send(JSON.stringify(job), { delaySeconds });
      return Promise.resolve();
    },
  };
}

function recordOf(message: Held, queueName: string): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle: `${message.messageId}:${message.receiveCount}`,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAtMs),
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
      ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:${queueName}`,
    awsRegion: 'us-east-1',
  };
}
