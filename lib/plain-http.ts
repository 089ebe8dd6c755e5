import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** For queues, topics and buckets of an installation that was told to take calls without TLS. */
export function acknowledgePlainHttp(construct: IConstruct): void {
  const reason = 'Context sequitur:plainHttp=allow was given: an emulator speaks plain HTTP.';
  for (const id of ['AwsSolutions-SQS4', 'AwsSolutions-SNS3', 'AwsSolutions-S10']) {
    Validations.of(construct).acknowledge({ id, reason });
  }
}
