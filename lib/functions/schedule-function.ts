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
  /** @default 'minute' */
  every?: 'minute' | 'day';
  /** Longest run; one that lasts longer than the time between runs overlaps with the next. @default 60 seconds */
  timeout?: Duration;
  /** What users notice when it does not run: a sentence. */
  usersNotice: string;
}

/** How often a function runs, and when its alarms fire. */
const rhythms = {
  minute: {
    ruleId: 'EveryMinute',
    rate: Duration.minutes(1),
    /** Of both alarms. */
    period: Duration.minutes(1),
    errorPeriods: 3,
    silencePeriods: 5,
    silence: 'It has not run for five minutes.',
  },
  day: {
    ruleId: 'EveryDay',
    rate: Duration.days(1),
    period: Duration.hours(1),
    errorPeriods: 1,
    // Runs are not a day apart to the second.
    silencePeriods: 26,
    silence: 'It has not run for 26 hours.',
  },
};

/**
 * A function that runs every minute, or every day. What one run leaves undone the next one does, so a
 * failed run is not repeated by itself.
 */
export class ScheduleFunction extends Construct {
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: ScheduleFunctionProps) {
    super(scope, id);
    const { core, usersNotice } = props;
    const { ruleId, rate, period, ...alarms } = rhythms[props.every ?? 'minute'];
    this.fn = nodeFunction(this, id, {
      ...props,
      timeout: props.timeout ?? Duration.seconds(60),
      settings: core.config.settings,
    });
    this.fn.configureAsyncInvoke({ retryAttempts: 0 });
    new Rule(this, ruleId, {
      description: props.description,
      schedule: Schedule.rate(rate),
      targets: [new FunctionTarget(this.fn, { retryAttempts: 0, maxEventAge: period })],
    });
    userAlarm(this, 'Errors', {
      metric: this.fn.metricErrors({ period }),
      threshold: 1,
      periods: alarms.errorPeriods,
      usersNotice: `${usersNotice} Its runs fail.`,
      firstStep: `read the errors in the log group of ${this.fn.node.path}.`,
      topic: core.alarmTopic,
    });
    silenceAlarm(this, 'Silent', {
      metric: this.fn.metricInvocations({ period }),
      periods: alarms.silencePeriods,
      usersNotice: `${usersNotice} ${alarms.silence}`,
      firstStep: `look whether the rule of ${this.node.path} is enabled and the function is throttled.`,
      topic: core.alarmTopic,
    });
  }
}
