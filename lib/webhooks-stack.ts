import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MetricName } from '../lambdas/shared/metrics.ts';
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
    /** What functions that post count, each its own. */
    const posted = (metricName: MetricName) =>
      ['post', 'lane'].map((name) =>
        ownMetric(settings, `webhooks/${name}.lambda.ts`, metricName).with({ label: name }),
      );
    stackDashboard(this, [
      { title: 'Webhooks delivered a minute', metrics: posted('WebhooksDelivered') },
      { title: 'Posts of webhooks that failed a minute', metrics: posted('WebhookTriesFailed') },
      { title: 'Webhooks given up a minute', metrics: posted('WebhooksExhausted') },
      { title: 'Endpoints disabled for failing', metrics: posted('HooksDisabled') },
      {
        title: 'Changes parked for a person',
        metrics: [ownMetric(settings, 'webhooks/relay.lambda.ts', 'ChangesParked')],
      },
    ]);
  }
}
