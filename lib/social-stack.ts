import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MetricName } from '../lambdas/shared/metrics.ts';
import type { Core } from './core.ts';
import { stackDashboard } from './dashboard.ts';
import { Follows } from './follows.ts';
import { ownMetric } from './own-metrics.ts';
import { Timelines } from './timelines.ts';

export interface SocialStackProps extends StackProps {
  core: Core;
}

/** Domains outside this stack that remove something in erasures. */
const otherParts = ['convos', 'webhooks'] as const;

/** Follows and timelines: who follows whom, and what of it reaches whose timeline. */
export class SocialStack extends Stack {
  constructor(scope: Construct, id: string, props: SocialStackProps) {
    super(scope, id, props);
    const { core } = props;
    const follows = new Follows(this, 'Follows', {
      core,
      erasureParts: [
        'follows',
        'timelines',
        ...otherParts.filter((part) => core.config.domains.includes(part)),
      ],
    });
    new Timelines(this, 'Timelines', { core, follows });

    const { settings } = core.config;
    const relayed = (domain: 'follows' | 'timelines', ...names: MetricName[]) =>
      names.map((name) => ownMetric(settings, `${domain}/relay.lambda.ts`, name));
    stackDashboard(this, [
      {
        title: 'Follows a minute',
        metrics: relayed('follows', 'FollowsCreated', 'FollowsEnded'),
      },
      { title: 'Actions posted a minute', metrics: relayed('timelines', 'ActionsPosted') },
      {
        title: 'Rows written by fan-out a minute',
        metrics: [ownMetric(settings, 'timelines/chunk-worker.lambda.ts', 'FanOutRows')],
      },
      {
        title: 'Changes parked for a person',
        metrics: [...relayed('follows', 'ChangesParked'), ...relayed('timelines', 'ChangesParked')],
      },
    ]);
  }
}
