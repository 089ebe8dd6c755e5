import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RelayedChanges } from '../../lambdas/shared/dynamo/table-keys.ts';
import { failureQueue } from '../alarmed-queue.ts';
import { userAlarm } from '../alarms.ts';
import type { Core } from '../core.ts';
import { nodeFunction } from './node-function.ts';

export interface StreamFunctionProps {
  core: Core;
  table: TableV2;
  /** Entry file below `lambdas/`. */
  entry: string;
  description: string;
  environment: Record<string, string>;
  /** Changes that it wants, at most 5 kinds (AWS's limit of filters); others cost no invocation. */
  changes: readonly RelayedChanges[];
  /** What users notice when the stream stands still: a sentence. */
  usersNotice: string;
}

/** Runs of at most this length; a batch is small work (effects are sent on, not done here). */
const timeout = Duration.seconds(30);

/**
 * The one consumer of a table's stream. A record that cannot be understood is parked by the handler
 * itself in `failures`, alone; what fails for a passing reason is tried again until it is a day old
 * (the stream's own memory), then its batch's description goes to `failures` too.
 */
export class StreamFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: StreamFunctionProps) {
    super(scope, id);
    const { core } = props;
    this.failures = failureQueue(this, 'Failures', {
      usersNotice: `${props.usersNotice} What is in the queue reaches nobody until somebody acts.`,
      core,
    });
    this.fn = nodeFunction(this, id, {
      ...props,
      environment: { ...props.environment, FAILURE_QUEUE_URL: this.failures.queueUrl },
      timeout,
      settings: core.config.settings,
    });
    this.fn.addEventSource(
      new DynamoEventSource(props.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 10_000,
        maxRecordAge: Duration.hours(23),
        onFailure: new SqsDlq(this.failures),
        filters: props.changes.map(filterOf),
      }),
    );
    userAlarm(this, 'Behind', {
      metric: this.fn.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'max' }),
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      usersNotice: props.usersNotice,
      firstStep: `read the errors in the log group of ${this.fn.node.path}: what it calls refuses or is down.`,
      topic: core.alarmTopic,
    });
  }
}

function filterOf({ pk, sk, kinds }: RelayedChanges) {
  const Keys = { pk: beginsWith(pk), ...(sk !== undefined && { sk: beginsWith(sk) }) };
  return FilterCriteria.filter({ ...(kinds && { eventName: kinds }), dynamodb: { Keys } });
}

function beginsWith(prefix: string) {
  return { S: [{ prefix }] };
}
