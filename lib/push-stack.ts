import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Core } from './core.ts';
import { stackDashboard } from './dashboard.ts';
import { ownGauge, ownMetric } from './own-metrics.ts';
import { Push } from './push.ts';

export interface PushStackProps extends StackProps {
  core: Core;
}

/** Files for partners. */
export class PushStack extends Stack {
  constructor(scope: Construct, id: string, props: PushStackProps) {
    super(scope, id, props);
    const { core } = props;
    new Push(this, 'Push', { core });

    const { settings } = core.config;
    stackDashboard(this, [
      {
        title: 'Pushes ended a minute',
        metrics: [
          ownMetric(settings, 'push/relay.lambda.ts', 'PushesSucceeded').with({ label: 'pushed' }),
          ownMetric(settings, 'push/relay.lambda.ts', 'PushesFailed').with({ label: 'failed' }),
        ],
      },
      {
        title: 'Age of the oldest push that waits, s',
        metrics: [ownGauge(settings, 'push/minute.lambda.ts', 'OldestPushSeconds')],
      },
      {
        title: 'Changes parked for a person',
        metrics: [ownMetric(settings, 'push/relay.lambda.ts', 'ChangesParked')],
      },
    ]);
  }
}
