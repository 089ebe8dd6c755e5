import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MetricName } from '../lambdas/shared/metrics.ts';
import { Convos } from './convos.ts';
import type { Core } from './core.ts';
import { stackDashboard } from './dashboard.ts';
import { ownMetric } from './own-metrics.ts';

export interface ConvosStackProps extends StackProps {
  core: Core;
}

/** Messages between users, in threads. */
export class ConvosStack extends Stack {
  constructor(scope: Construct, id: string, props: ConvosStackProps) {
    super(scope, id, props);
    const { core } = props;
    new Convos(this, 'Convos', { core });

    const relayed = (...names: MetricName[]) =>
      names.map((name) => ownMetric(core.config.settings, 'convos/relay.lambda.ts', name));
    stackDashboard(this, [
      { title: 'Messages sent a minute', metrics: relayed('MessagesSent') },
      { title: 'Threads started a minute', metrics: relayed('ThreadsStarted') },
      { title: 'Changes parked for a person', metrics: relayed('ChangesParked') },
    ]);
  }
}
