import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from './define/settings.ts';

export interface SecretsKeyProps {
  /** Of what it keeps secret, for people who meet it in the console. */
  description: string;
  settings: Settings;
}

/**
 * A key of the installation's own that encrypts data keys, rotated by KMS each year. It is kept like
 * the data that nothing opens without it (setting `installation.retainData`).
 */
export function secretsKey(scope: Construct, id: string, props: SecretsKeyProps): Key {
  return new Key(scope, id, {
    description: props.description,
    enableKeyRotation: true,
    removalPolicy: props.settings.installation.retainData
      ? RemovalPolicy.RETAIN
      : RemovalPolicy.DESTROY,
  });
}

/** Lets a function do these things with a key, and no others; CDK's own grants would allow more. */
export function grantKey(
  fn: IFunction,
  key: IKey,
  actions: readonly ('Decrypt' | 'GenerateDataKey')[],
): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `kms:${action}`),
      resources: [key.keyArn],
    }),
  );
}
