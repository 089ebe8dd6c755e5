import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { config } from '../../config/index.ts';
import { addPushFiles } from '../../lib/push-files.ts';
import { resourcesOf, synthesised } from './synthesis.ts';
import type { DescribedResource, Synthesis } from './synthesis.ts';
import { rightsOf } from './template-rights.ts';

const synthesis = synthesised();
const buckets = resourcesOf(synthesis, 'AWS::S3::Bucket');

const folder = mkdtempSync(join(tmpdir(), 'sequitur-push-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The one resource of a type whose logical id begins so. */
function found(from: Synthesis, type: string, beginning: string): [string, DescribedResource] {
  const [first, ...others] = resourcesOf(from, type).filter(([id]) => id.startsWith(beginning));
  if (first === undefined || others.length > 0) throw new Error(`not one ${beginning}`);
  return first;
}

/** The function that exports and sends. */
function workerOf(from: Synthesis): [string, DescribedResource] {
  const [id] = Object.entries(from.entries).find(
    ([, entry]) => entry === 'push/work.lambda.ts',
  ) ?? [''];
  return found(from, 'AWS::Lambda::Function', id);
}

/** What the worker may do besides what it may on resources of the stack. */
function foreignRights(from: Synthesis, service: string): string[] {
  const [id] = workerOf(from);
  return [...rightsOf(from, id)].filter(
    (right) => right.startsWith(`${service}:`) && right.includes('arn:'),
  );
}

/** The right to read a secret. */
const secret = (name: string): string =>
  `secretsmanager:GetSecretValue arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:${name}`;

test('there is a bucket for uploaded files and one for exported files', () => {
  expect(buckets.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
    'PushBinaries',
    'PushExports',
  ]);
});

describe.each(buckets)('%s', (id, bucket) => {
  test('survives the deletion of its stack', () => {
    expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is encrypted and closed to the public', () => {
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(JSON.stringify(bucket.Properties['BucketEncryption'])).toContain('AES256');
  });

  test('takes encrypted connections only', () => {
    const policies = resourcesOf(synthesis, 'AWS::S3::BucketPolicy').filter(
      ([, { Properties }]) => (Properties['Bucket'] as { Ref: string }).Ref === id,
    );
    expect(JSON.stringify(policies)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
  });

  test('forgets what is left of uploads that were broken off, and nothing else', () => {
    expect(bucket.Properties['LifecycleConfiguration']).toEqual({
      Rules: [{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
    });
  });
});

test('an installation that keeps no data deletes its buckets with its stacks', () => {
  const disposable = synthesised({
    config: { ...config, settings: { installation: { retainData: false } } },
  });
  for (const [, { DeletionPolicy }] of resourcesOf(disposable, 'AWS::S3::Bucket')) {
    expect(DeletionPolicy).toBe('Delete');
  }
});

test('S3 tells the queue of arrivals of each upload, and may do so before the bucket is made', () => {
  const [, binaries] = found(synthesis, 'AWS::S3::Bucket', 'PushBinaries');
  const [queue] = found(synthesis, 'AWS::SQS::Queue', 'PushArrivalJobsQueue');
  expect(binaries.Properties['NotificationConfiguration']).toEqual({
    QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: { 'Fn::GetAtt': [queue, 'Arn'] } }],
  });
  const [policy, { Properties }] = found(
    synthesis,
    'AWS::SQS::QueuePolicy',
    'PushArrivalJobsQueue',
  );
  expect(binaries).toMatchObject({ DependsOn: [policy] });
  const { Statement } = Properties['PolicyDocument'] as { Statement: unknown[] };
  expect(Statement).toContainEqual({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
});

test('exported files are told of to nobody', () => {
  const [, exported] = found(synthesis, 'AWS::S3::Bucket', 'PushExports');
  expect(exported.Properties['NotificationConfiguration']).toBeUndefined();
});

test('pages may upload from the origins that may call the API, and from nowhere else', () => {
  const origins = { 'sequitur:installation.corsOrigins': '["https://example.org"]' };
  const [, open] = found(synthesised({ context: origins }), 'AWS::S3::Bucket', 'PushBinaries');
  expect(open.Properties['CorsConfiguration']).toMatchObject({
    CorsRules: [{ AllowedOrigins: ['https://example.org'], AllowedMethods: ['PUT'] }],
  });
  for (const [, { Properties }] of buckets) expect(Properties['CorsConfiguration']).toBeUndefined();
});

describe('the function that sends', () => {
  test('has all the time that there is, for one job', () => {
    const [id, worker] = workerOf(synthesis);
    expect(worker.Properties).toMatchObject({ Timeout: 900, MemorySize: 1024 });
    const mapping = resourcesOf(synthesis, 'AWS::Lambda::EventSourceMapping').find(
      ([, { Properties }]) => (Properties['FunctionName'] as { Ref: string }).Ref === id,
    );
    expect(mapping?.[1].Properties).toMatchObject({
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  });

  test('reads the secrets that targets name, and no others', () => {
    expect(foreignRights(synthesis, 'secretsmanager')).toEqual([
      secret('sequitur/partner-sftp'),
      secret('sequitur/partner-sftp-??????'),
      secret('sequitur/partner-ftp'),
      secret('sequitur/partner-ftp-??????'),
    ]);
    const changed = synthesised({
      context: { 'sequitur:push.targets': '{"partner-ftp": {"secret": "staging/ftp"}}' },
    });
    expect(foreignRights(changed, 'secretsmanager').slice(2)).toEqual([
      secret('staging/ftp'),
      secret('staging/ftp-??????'),
    ]);
  });

  test('may do nothing with secrets when no target names one', () => {
    const pushTargets = config.pushTargets.map(({ name }) => ({ name, url: 'dummy://none/' }));
    const without = synthesised({ config: { ...config, pushTargets } });
    expect(JSON.stringify(without.templates)).not.toContain('secretsmanager');
  });

  test('writes the buckets that are targets, and no other but its own', () => {
    expect(foreignRights(synthesis, 's3')).toEqual([]);
    const pushTargets = config.pushTargets.map(({ name }) => ({
      name,
      url: 's3://their-bucket/in',
    }));
    const changed = synthesised({ config: { ...config, pushTargets } });
    expect(foreignRights(changed, 's3').toSorted()).toEqual([
      's3:AbortMultipartUpload arn:AWS::Partition:s3:::their-bucket/*',
      's3:PutObject arn:AWS::Partition:s3:::their-bucket/*',
    ]);
  });

  test('leaves alone buckets that it writes with an access key of their owner', () => {
    const context = { 'sequitur:push.targets': '{"partner-ftp": {"url": "s3://their-bucket/in"}}' };
    expect(foreignRights(synthesised({ context }), 's3')).toEqual([]);
  });

  test('is the only one in a network, when one is named', () => {
    expect(JSON.stringify(synthesis.templates)).not.toContain('VpcConfig');
    const vpc = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    };
    const inside = synthesised({ context: { 'sequitur:push.vpc': JSON.stringify(vpc) } });
    const [id] = workerOf(inside);
    const placed = resourcesOf(inside, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties['VpcConfig'] !== undefined,
    );
    expect(placed.map(([one, { Properties }]) => [one, Properties['VpcConfig']])).toEqual([
      [id, { SubnetIds: vpc.privateSubnetIds, SecurityGroupIds: vpc.securityGroupIds }],
    ]);
    const more = [...rightsOf(inside, id)].filter((right) => right.startsWith('ec2:'));
    expect(more.toSorted()).toEqual([
      'ec2:AssignPrivateIpAddresses *',
      'ec2:CreateNetworkInterface *',
      'ec2:DeleteNetworkInterface *',
      'ec2:DescribeNetworkInterfaces *',
      'ec2:DescribeSubnets *',
      'ec2:UnassignPrivateIpAddresses *',
    ]);
  });
});

describe('beside the bundle of the function that sends', () => {
  test('are the templates and schemas of rules, and none of their code', () => {
    addPushFiles(folder, config.pushTargets);
    const files = readdirSync(join(folder, 'push-files'), { recursive: true }).map(String);
    expect(files).toEqual(
      expect.arrayContaining(['partner-stories/news.xsd', 'weekly-digest/story.xml']),
    );
    expect(files.filter((path) => path.endsWith('.ts'))).toEqual([]);
  });

  test('are files of authorities, by their paths from the root', () => {
    const own = join('.local', 'push-files-test');
    const root = join(import.meta.dirname, '../..');
    mkdirSync(join(root, own), { recursive: true });
    try {
      writeFileSync(join(root, own, 'ca.pem'), 'authorities');
      addPushFiles(folder, [{ name: 'ours', url: 'ftps://x', caFile: `${own}/ca.pem` }]);
      expect(readdirSync(join(folder, 'push-files', own))).toEqual(['ca.pem']);
    } finally {
      rmSync(join(root, own), { recursive: true });
    }
  });
});

test('the alarm on late pushes fires from the age that the setting calls too late', () => {
  const later = synthesised({ context: { 'sequitur:push.checkTooOldAgeSeconds': '7200' } });
  const [, alarm] = found(later, 'AWS::CloudWatch::Alarm', 'PushTooLate');
  expect(alarm.Properties).toMatchObject({
    MetricName: 'OldestPushSeconds',
    Statistic: 'Maximum',
    Threshold: 7200,
    EvaluationPeriods: 1,
  });
});

test('the daily function runs once a day, and is missed after 26 hours', () => {
  const [, rule] = found(synthesis, 'AWS::Events::Rule', 'PushDailyEveryDay');
  expect(rule.Properties['ScheduleExpression']).toBe('rate(1 day)');
  const [, alarm] = found(synthesis, 'AWS::CloudWatch::Alarm', 'PushDailySilent');
  expect(alarm.Properties).toMatchObject({ Period: 3600, EvaluationPeriods: 26 });
});
