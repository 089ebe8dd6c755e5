import { Duration, Validations } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { userAlarm } from './alarms.ts';
import type { Core } from './core.ts';
import { acknowledgePlainHttp } from './plain-http.ts';

/** Receives before a message goes to the dead-letter queue. */
const maxReceiveCount = 5;

export interface AlarmedQueueProps {
  /** Longest run of the function that reads it; the visibility time-out is six times that, as AWS advises. */
  functionTimeout: Duration;
  /** Age of the oldest message from which the alarm fires, above any delay it is sent with. @default 15 minutes */
  maxAge?: Duration;
  /** What users notice when work stands here: a sentence. */
  usersNotice: string;
  /**
   * FIFO: the messages of a group one after the other, groups side by side, each with a throughput of
   * its own. @default a standard queue
   */
  fifo?: boolean;
  core: Core;
}

/** Of a FIFO queue, so that no group waits for another. */
const groupsApart = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

/** A queue with its own dead-letter queue and the two alarms that every queue has. */
export class AlarmedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: AlarmedQueueProps) {
    super(scope, id);
    const { core, fifo = false } = props;
    this.deadLetters = failureQueue(this, 'DeadLetters', {
      core,
      fifo,
      usersNotice: `${props.usersNotice} For what is in the queue it stays so until it is redriven.`,
    });
    this.queue = new Queue(this, 'Queue', {
      ...(fifo && groupsApart),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: core.tlsOnly,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(props.functionTimeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
    if (!core.tlsOnly) acknowledgePlainHttp(this.queue);
    const maxAge = props.maxAge ?? Duration.minutes(15);
    userAlarm(this, 'OldestMessage', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'max',
      }),
      threshold: maxAge.toSeconds(),
      periods: 5,
      usersNotice: `${props.usersNotice} The oldest job waits for more than ${maxAge.toHumanString()}.`,
      firstStep: `look at the errors and throttles of the function that reads ${this.node.path}.`,
      topic: core.alarmTopic,
    });
  }
}

/** A queue in which failures wait for a person, with the alarm on its depth. */
export function failureQueue(
  scope: Construct,
  id: string,
  { usersNotice, core, fifo = false }: { usersNotice: string; core: Core; fifo?: boolean },
): Queue {
  const queue = new Queue(scope, id, {
    // A FIFO queue gives up what it holds to one of its kind.
    ...(fifo && groupsApart),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: core.tlsOnly,
    retentionPeriod: Duration.days(14),
  });
  if (!core.tlsOnly) acknowledgePlainHttp(queue);
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself where failures end; the alarm on its depth calls a person.',
  });
  userAlarm(scope, `${id}Depth`, {
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'max',
    }),
    threshold: 1,
    usersNotice,
    firstStep: `read the messages of ${queue.node.path}; the log of its function has the error of each.`,
    topic: core.alarmTopic,
  });
  return queue;
}
