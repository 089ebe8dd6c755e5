import { Duration } from 'aws-cdk-lib';
import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Core } from '../core.ts';
import { userAlarm } from '../alarms.ts';
import { nodeFunction } from './node-function.ts';

export interface ApiFunctionProps {
  core: Core;
  /** Entry file below `lambdas/`. */
  entry: string;
  description: string;
  environment: Record<string, string>;
  /** Paths that are this function's, e.g. `/v1/messages/{proxy+}`; every method goes to it. */
  paths: readonly string[];
  /** What users notice when it fails. */
  usersNotice: string;
}

/** API Gateway gives up after 30 s; the function ends a little before, with an answer of its own. */
export const apiTimeout = Duration.seconds(29);

/** One function for the HTTP API of a domain, behind proxy routes that need a token. */
export function apiFunction(scope: Construct, id: string, props: ApiFunctionProps): LambdaFunction {
  const { core } = props;
  const fn = nodeFunction(scope, id, {
    ...props,
    timeout: apiTimeout,
    // A request's time is mostly the start of the function; with 1 GB that takes half as long as with 512 MB.
    memoryMegabytes: 1024,
    settings: core.config.settings,
  });
  const integration = new HttpLambdaIntegration(`${id}Integration`, fn);
  for (const path of props.paths) {
    new HttpRoute(scope, `${id}Route ${path.replaceAll(/[^\w]+/g, '-')}`, {
      httpApi: core.api,
      routeKey: HttpRouteKey.with(path, HttpMethod.ANY),
      integration,
      authorizer: core.authorizer,
    });
  }
  userAlarm(scope, `${id}Errors`, {
    metric: fn.metricErrors({ period: Duration.minutes(1) }),
    threshold: 5,
    periods: 3,
    usersNotice: props.usersNotice,
    firstStep: `read the errors in the log group of ${fn.node.path}.`,
    topic: core.alarmTopic,
  });
  return fn;
}
