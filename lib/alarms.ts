import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface SilenceAlarmProps {
  metric: IMetric;
  /** Periods in a row. @default 1 */
  periods?: number;
  /** What users notice while it fires. */
  usersNotice: string;
  /** The first thing for the operator to do. */
  firstStep: string;
  topic: ITopic;
}

export interface UserAlarmProps extends SilenceAlarmProps {
  /** Fires when the metric is at or above this. */
  threshold: number;
}

/** An alarm that says what its firing means for users and what to do first; docs/runbook.md has the rest. */
export function userAlarm(scope: Construct, id: string, props: UserAlarmProps): Alarm {
  return tellingAlarm(scope, id, props, {
    threshold: props.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

/** The same, on something that should happen and does not: fires when nothing is counted. */
export function silenceAlarm(scope: Construct, id: string, props: SilenceAlarmProps): Alarm {
  return tellingAlarm(scope, id, props, {
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
  });
}

interface Firing {
  threshold: number;
  comparisonOperator: ComparisonOperator;
  treatMissingData: TreatMissingData;
}

function tellingAlarm(
  scope: Construct,
  id: string,
  props: SilenceAlarmProps,
  firing: Firing,
): Alarm {
  const alarm = new Alarm(scope, id, {
    ...firing,
    metric: props.metric,
    evaluationPeriods: props.periods ?? 1,
    alarmDescription: `Users notice: ${props.usersNotice} First: ${props.firstStep} See docs/runbook.md.`,
  });
  alarm.addAlarmAction(new SnsAction(props.topic));
  alarm.addOkAction(new SnsAction(props.topic));
  return alarm;
}
