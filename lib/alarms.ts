import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface UserAlarmProps {
  metric: IMetric;
  /** Fires when the metric is at or above this. */
  threshold: number;
  /** Periods in a row. @default 1 */
  periods?: number;
  /** What users notice while it fires. */
  usersNotice: string;
  /** The first thing for the operator to do. */
  firstStep: string;
  topic: ITopic;
}

/** An alarm that says what its firing means for users and what to do first; docs/runbook.md has the rest. */
export function userAlarm(scope: Construct, id: string, props: UserAlarmProps): Alarm {
  const alarm = new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: props.periods ?? 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `Users notice: ${props.usersNotice} First: ${props.firstStep} See docs/runbook.md.`,
  });
  alarm.addAlarmAction(new SnsAction(props.topic));
  alarm.addOkAction(new SnsAction(props.topic));
  return alarm;
}
