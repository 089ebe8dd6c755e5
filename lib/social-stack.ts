import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Core } from './core.ts';
import { Follows } from './follows.ts';
import { Timelines } from './timelines.ts';

export interface SocialStackProps extends StackProps {
  core: Core;
}

/** Follows and timelines: who follows whom, and what of it reaches whose timeline. */
export class SocialStack extends Stack {
  constructor(scope: Construct, id: string, props: SocialStackProps) {
    super(scope, id, props);
    const { core } = props;
    const follows = new Follows(this, 'Follows', {
      core,
      erasureParts: ['follows', 'timelines'],
    });
    new Timelines(this, 'Timelines', { core, follows });
  }
}
