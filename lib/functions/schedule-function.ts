import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { silenceAlarm, userAlarm } from '../alarms.ts';
import type { Core } from '../core.ts';
import { nodeFunction } from './node-function.ts';

export interface ScheduleFunctionProps {
  core: Core;
  /** Entry file below `lambdas/`. */
  entry: string;
  description: string;
  environment: Record<string, string>;
  /** Longest run; a run that lasts longer than a minute overlaps with the next. @default 60 seconds */
  timeout?: Duration;
  /** What users notice when it does not run: a sentence. */
  usersNotice: string;
}

const period = Duration.minutes(1);

/**
 * A function that runs every minute. What one run leaves undone the next one does, so a failed run is
 * not repeated by itself.
 */
export class ScheduleFunction extends Construct {
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: ScheduleFunctionProps) {
    super(scope, id);
    const { core, usersNotice } = props;
    this.fn = nodeFunction(this, id, {
      ...props,
      timeout: props.timeout ?? Duration.seconds(60),
      settings: core.config.settings,
    });
    this.fn.configureAsyncInvoke({ retryAttempts: 0 });
    new Rule(this, 'EveryMinute', {
      description: props.description,
      schedule: Schedule.rate(period),
      targets: [new FunctionTarget(this.fn, { retryAttempts: 0, maxEventAge: period })],
    });
    userAlarm(this, 'Errors', {
      metric: this.fn.metricErrors({ period }),
      threshold: 1,
      periods: 3,
      usersNotice: `${usersNotice} Its runs fail.`,
      firstStep: `read the errors in the log group of ${this.fn.node.path}.`,
      topic: core.alarmTopic,
    });
    silenceAlarm(this, 'Silent', {
      metric: this.fn.metricInvocations({ period }),
      periods: 5,
      usersNotice: `${usersNotice} It has not run for five minutes.`,
      firstStep: `look whether the rule of ${this.node.path} is enabled and the function is throttled.`,
      topic: core.alarmTopic,
    });
  }
}
