import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack, Tags, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpAuthorizer,
  HttpAuthorizerType,
  HttpMethod,
  HttpRouteKey,
  HttpRoute,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { alarmTopic } from './alarm-topic.ts';
import { userAlarm } from './alarms.ts';
import type { Core } from './core.ts';
import { stackDashboard } from './dashboard.ts';
import type { CheckedConfig } from './define/config.ts';
import { apiTimeout } from './functions/api-function.ts';
import { nodeFunction } from './functions/node-function.ts';

export interface CoreStackProps extends StackProps {
  config: CheckedConfig;
  /** URL of the OIDC issuer. */
  issuer: string;
  /** See `Core.tlsOnly`. */
  tlsOnly: boolean;
  /** Extra tags of the HTTP API: emulators take its id from one. */
  apiTags?: Readonly<Record<string, string>>;
}

/** What every domain shares: the HTTP API and its authorizer, the bus, the alarm topic. */
export class CoreStack extends Stack {
  readonly core: Core;

  constructor(scope: Construct, id: string, props: CoreStackProps) {
    super(scope, id, props);
    const { config, issuer, tlsOnly } = props;
    const { settings } = config;
    const alarms = alarmTopic(this, 'Alarms', {
      email: settings.installation.alarmEmail,
      tlsOnly,
    });
    const bus = new EventBus(this, 'Bus', { description: 'What happened, for every consumer.' });
    const api = this.api(config);
    for (const [key, value] of Object.entries(props.apiTags ?? {})) Tags.of(api).add(key, value);

    const authorizer = new HttpAuthorizer(this, 'Authorizer', {
      httpApi: api,
      type: HttpAuthorizerType.JWT,
      identitySource: ['$request.header.Authorization'],
      jwtIssuer: issuer,
      jwtAudience: settings.auth.audience.split(',').map((audience) => audience.trim()),
    });
    this.core = {
      api,
      authorizer: HttpAuthorizer.fromHttpAuthorizerAttributes(this, 'SharedAuthorizer', {
        authorizerId: authorizer.authorizerId,
        authorizerType: 'JWT',
      }),
      bus,
      alarmTopic: alarms,
      config,
      tlsOnly,
    };
    this.openPaths();
    userAlarm(this, 'ApiErrors', {
      metric: api.metricServerError({ period: Duration.minutes(1), statistic: 'sum' }),
      threshold: 5,
      periods: 3,
      usersNotice: 'some calls of the API fail with a 5xx status.',
      firstStep: 'find the path in the access log, then the request id in the log of its function.',
      topic: alarms,
    });
    stackDashboard(this);
    new CfnOutput(this, 'ApiEndpoint', { value: api.apiEndpoint });
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'BusArn', { value: bus.eventBusArn });
  }

  private api({ settings }: CheckedConfig): HttpApi {
    const { corsOrigins } = settings.installation;
    const api = new HttpApi(this, 'Api', {
      description: 'Sequitur',
      ...(corsOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: corsOrigins,
          allowMethods: [CorsHttpMethod.ANY],
          allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
          exposeHeaders: ['x-request-id', 'retry-after', 'allow'],
          maxAge: Duration.hours(1),
        },
      }),
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.installation.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = api.defaultStage?.node.defaultChild;
    if (stage instanceof CfnStage) {
      stage.accessLogSettings = {
        destinationArn: accessLog.logGroupArn,
        format: JSON.stringify({
          requestId: '$context.requestId',
          method: '$context.httpMethod',
          route: '$context.routeKey',
          status: '$context.status',
          latencyMs: '$context.responseLatency',
          error: '$context.error.message',
        }),
      };
    }
    return api;
  }

  /** Paths that need no token: health, the OpenAPI document, and a problem document for what nobody knows. */
  private openPaths(): void {
    const { api, config } = this.core;
    const generator = fileURLToPath(new URL('../scripts/openapi.ts', import.meta.url));
    const fn = nodeFunction(this, 'CoreApi', {
      entry: 'core/api.lambda.ts',
      description: 'Health, the OpenAPI document and answers for unknown paths.',
      environment: {},
      timeout: apiTimeout,
      settings: config.settings,
      addFiles: (folder) =>
        writeFileSync(
          `${folder}/openapi.json`,
          execFileSync(process.execPath, [generator, `--domains=${config.domains.join(',')}`]),
        ),
    });
    const integration = new HttpLambdaIntegration('CoreIntegration', fn);
    const routes = [
      ['HealthRoute', HttpRouteKey.with('/v1/health', HttpMethod.ANY)],
      ['OpenApiRoute', HttpRouteKey.with('/v1/openapi.json', HttpMethod.ANY)],
      ['UnknownRoute', HttpRouteKey.DEFAULT],
    ] as const;
    for (const [id, routeKey] of routes) {
      const route = new HttpRoute(this, id, { httpApi: api, routeKey, integration });
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'Says nothing of anyone: health, the public API document, and 404 for unknown paths.',
      });
    }
  }
}
