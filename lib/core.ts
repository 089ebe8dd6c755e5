import type { HttpApi, IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CheckedConfig } from './define/config.ts';

/** What a domain's stack takes from the core. */
export interface Core {
  api: HttpApi;
  authorizer: IHttpRouteAuthorizer;
  bus: IEventBus;
  alarmTopic: ITopic;
  config: CheckedConfig;
  /** Queues and topics refuse calls that are not by TLS. Off only where an emulator speaks plain HTTP. */
  tlsOnly: boolean;
}
