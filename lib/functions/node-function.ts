import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from '../define/settings.ts';
import { metricsNamespace, serviceName } from '../own-metrics.ts';
import { bundle } from './bundle.ts';
import { mayJoinNetwork } from './network.ts';
import type { Network } from './network.ts';

/** Metadata of a function's construct: its entry file, so that a template's function leads to its code. */
export const entryMetadata = 'sequitur:entry';

export interface NodeFunctionProps {
  /** Entry file below `lambdas/`, e.g. `follows/api.lambda.ts`. */
  entry: string;
  /** What it does, for people who meet it in the console. */
  description: string;
  /** Environment as its domain's contract names it. */
  environment: Record<string, string>;
  /** Longest run. */
  timeout: Duration;
  /** @default 512 MB, which on AWS is also a third of a processor */
  memoryMegabytes?: number;
  settings: Settings;
  /** Puts further files, e.g. generated ones, beside the bundle in this folder. */
  addFiles?: (folder: string) => void;
  /** Where it runs. @default outside of any network of the deployer's */
  network?: Network | undefined;
}

/**
 * A Lambda function with the safe defaults of this application: Node 24 on arm64, an ESM bundle with
 * the SDK inside, tracing, a log group of its own with a retention, and a role that may write those
 * logs and traces and nothing else until something is granted.
 */
export function nodeFunction(
  scope: Construct,
  id: string,
  props: NodeFunctionProps,
): LambdaFunction {
  const { installation } = props.settings;
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: retentionDays(installation.logRetentionDays),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources to name: PutTraceSegments and PutTelemetryRecords take only *.',
  });
  if (props.network) mayJoinNetwork(role);
  const fn = new LambdaFunction(scope, id, {
    code: bundle(props.entry, props.addFiles),
    handler: 'index.handler',
    description: props.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMegabytes ?? 512,
    timeout: props.timeout,
    tracing: Tracing.ACTIVE,
    role,
    logGroup,
    ...props.network,
    environment: {
      ...props.environment,
      NODE_OPTIONS: '--enable-source-maps',
      POWERTOOLS_SERVICE_NAME: serviceName(props.entry),
      POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(props.settings),
      POWERTOOLS_LOG_LEVEL: installation.logLevel,
    },
  });
  fn.node.addMetadata(entryMetadata, props.entry);
  return fn;
}

function retentionDays(days: number): RetentionDays {
  return days;
}
