import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Core } from './core.ts';
import { stackDashboard } from './dashboard.ts';
import { ownMetric } from './own-metrics.ts';
import { Webhooks } from './webhooks.ts';

export interface WebhooksStackProps extends StackProps {
  core: Core;
}

/** Events on their way to other people's servers. */
export class WebhooksStack extends Stack {
  constructor(scope: Construct, id: string, props: WebhooksStackProps) {
    super(scope, id, props);
    const { core } = props;
    new Webhooks(this, 'Webhooks', { core });

    const { settings } = core.config;
    stackDashboard(this, [
      {
        title: 'Changes parked for a person',
        metrics: [ownMetric(settings, 'webhooks/relay.lambda.ts', 'ChangesParked')],
      },
    ]);
  }
}
