import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
} from 'aws-cdk-lib/aws-s3';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Core } from './core.ts';
import { acknowledgePlainHttp } from './plain-http.ts';

export interface DataBucketProps {
  core: Core;
  /** Origins whose pages may put files by a presigned URL. @default none */
  uploadOrigins?: readonly string[];
}

/**
 * A domain's files: encrypted, closed to the public, and (setting `installation.retainData`) kept when
 * its stack is deleted. What is left of uploads that were broken off goes after a day.
 */
export function dataBucket(scope: Construct, id: string, props: DataBucketProps): Bucket {
  const { core, uploadOrigins = [] } = props;
  const { retainData } = core.config.settings.installation;
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: core.tlsOnly,
    removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    cors: uploadOrigins.length === 0 ? [] : [uploadsFrom(uploadOrigins)],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Only functions of its own stack have rights on it, and they log what they do; logs of accesses would be one more place with names of content.',
  });
  if (!core.tlsOnly) acknowledgePlainHttp(bucket);
  return bucket;
}

function uploadsFrom(origins: readonly string[]) {
  return {
    allowedOrigins: [...origins],
    allowedMethods: [HttpMethods.PUT],
    allowedHeaders: ['*'],
    exposedHeaders: ['ETag'],
    maxAge: Duration.hours(1).toSeconds(),
  };
}

/**
 * Tells a queue of each object that was written, by the bucket's own property: CDK's notifications would
 * bring along a function that sets them. S3 tries the queue when the bucket is made, so its policy comes
 * first; that can't name the bucket then, and names the account instead. S3 sends a message to try it,
 * `{"Event": "s3:TestEvent"}`.
 */
export function tellOfObjects(bucket: Bucket, queue: Queue): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { StringEquals: { 'aws:SourceAccount': bucket.stack.account } },
    }),
  );
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error('a bucket without a resource');
  resource.notificationConfiguration = {
    queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: queue.queueArn }],
  };
  for (const policy of policiesOf(queue)) resource.addResourceDependency(policy);
}

function policiesOf(queue: IQueue): CfnQueuePolicy[] {
  return queue.node.findAll().filter((child) => child instanceof CfnQueuePolicy);
}
