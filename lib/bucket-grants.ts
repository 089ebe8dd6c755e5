import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** What a function does with the objects of a bucket; reading tells their size too. */
export type ObjectAction = 'AbortMultipartUpload' | 'DeleteObject' | 'GetObject' | 'PutObject';

/** Lets a function do these things with the objects of a bucket, and no others. */
export function grantObjects(
  fn: IFunction,
  bucket: IBucket,
  actions: readonly ObjectAction[],
): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `s3:${action}`),
      resources: [bucket.arnForObjects('*')],
    }),
  );
  Validations.of(fn.role ?? fn).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings(bucket)}/*]`,
    reason: 'Objects are called by what they belong to, and come and go.',
  });
}

/**
 * Lets a function list the objects of a bucket. Who may not list gets "not allowed" instead of "no such
 * object" for one that is not there, so whoever has to tell the difference needs this too.
 */
export function grantListing(fn: IFunction, bucket: IBucket): void {
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
  );
}

/** How cdk-nag writes the ARN of a bucket, of this application or of somebody else's. */
function arnInFindings(bucket: IBucket): string {
  const resource = bucket.node.defaultChild;
  return resource instanceof CfnBucket
    ? `<${Stack.of(resource).getLogicalId(resource)}.Arn>`
    : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
}
