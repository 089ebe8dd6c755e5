import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import { workSeconds } from '../lambdas/push/contract.ts';
import type { environments } from '../lambdas/push/contract.ts';
import { installedTargets } from '../lambdas/shared/define/push-target.ts';
import type { PushTarget } from '../lambdas/shared/define/push-target.ts';
import { grantListing, grantObjects } from './bucket-grants.ts';
import type { Core } from './core.ts';
import { networkOf } from './functions/network.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { sendsToItself } from './job-sources.ts';
import { addPushFiles, pushFiles } from './push-files.ts';
import { grantIndexes, grantItems } from './table-grants.ts';

/** What begins the URLs of buckets. */
const bucketProtocol = 's3:';

export interface PushWorkerProps {
  core: Core;
  table: TableV2;
  binaries: Bucket;
  exports: Bucket;
  usersNotice: string;
}

/** Lanes that are worked in at the same time; each has some connections and holds no file as a whole. */
const runs = 20;

/** Sending is bound by ciphers and validation by memory; more of it is more of a processor, too. */
const memoryMegabytes = 1_024;

/**
 * A job of a worker that died is received again after six times its longest run, and is long done by
 * then: the minute's function sends what is left to others. Only what is older is amiss.
 */
const maxAge = Duration.hours(2);

type Environment = z.input<(typeof environments)['work']>;

/** The function that exports and sends, with what it may reach: the secrets and buckets of targets. */
export function pushWorker(scope: Construct, id: string, props: PushWorkerProps): QueueFunction {
  const { core, table, binaries } = props;
  const { settings, pushTargets } = core.config;
  const targets = installedTargets(pushTargets, settings.push.targets);
  const environment: Omit<Environment, 'WORK_QUEUE_URL'> = {
    PUSH_TABLE: table.tableName,
    PUSH_SETTINGS: JSON.stringify(settings.push),
    BINARIES_BUCKET: binaries.bucketName,
    EXPORTS_BUCKET: props.exports.bucketName,
    PUSH_FILES: pushFiles,
  };
  const { vpc } = settings.push;
  const worker = new QueueFunction(scope, id, {
    core,
    entry: 'push/work.lambda.ts',
    description: 'Makes files of content, and sends them to partners.',
    environment,
    // Each job is a run of its own: it takes all the time that there is.
    batchSize: 1,
    maxConcurrency: runs,
    timeout: Duration.seconds(workSeconds),
    memoryMegabytes,
    maxAge,
    addFiles: (folder) => addPushFiles(folder, targets),
    network: vpc === null ? undefined : networkOf(scope, 'Network', vpc),
    usersNotice: props.usersNotice,
  });
  sendsToItself(worker, 'WORK_QUEUE_URL');
  grantItems(worker.fn, table, ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem']);
  grantIndexes(worker.fn, table, ['byStatus', 'listed']);
  grantObjects(worker.fn, binaries, ['GetObject']);
  grantListing(worker.fn, binaries);
  grantObjects(worker.fn, props.exports, ['AbortMultipartUpload', 'GetObject', 'PutObject']);
  grantListing(worker.fn, props.exports);
  grantSecrets(worker.fn, targets);
  grantBuckets(scope, worker.fn, targets);
  return worker;
}

/**
 * The secrets that targets name, whatever six characters AWS puts behind their names; and the bare names,
 * so that of a secret which is not there is told that, instead of "not allowed".
 */
function grantSecrets(fn: LambdaFunction, targets: readonly PushTarget[]): void {
  const names = targets.flatMap(({ secret }) => secret ?? []);
  if (names.length === 0) return;
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [...new Set(names)].flatMap((name) =>
        [name, `${name}-??????`].map((resourceName) => secretArn(fn, resourceName)),
      ),
    }),
  );
}

function secretArn(fn: LambdaFunction, resourceName: string): string {
  const parts = { service: 'secretsmanager', resource: 'secret', resourceName };
  return Arn.format({ ...parts, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, Stack.of(fn));
}

/** The buckets that are targets: files are written there. With a secret its access key does that. */
function grantBuckets(scope: Construct, fn: LambdaFunction, targets: readonly PushTarget[]): void {
  const names = targets
    .filter(({ secret }) => secret === undefined)
    .map(({ url }) => new URL(url))
    .filter(({ protocol }) => protocol === bucketProtocol)
    .map(({ host }) => host);
  for (const name of new Set(names)) {
    const bucket = Bucket.fromBucketName(scope, `TargetBucket ${name}`, name);
    grantObjects(fn, bucket, ['AbortMultipartUpload', 'PutObject']);
  }
}
