import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Core } from './core.ts';

export interface SocialStackProps extends StackProps {
  core: Core;
}

/** Follows and timelines. */
export class SocialStack extends Stack {
  constructor(scope: Construct, id: string, props: SocialStackProps) {
    super(scope, id, props);
  }
}
