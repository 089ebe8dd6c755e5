import type { HttpEvent, HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import { lambdaContext } from './lambda-context.ts';

export interface ApiCall {
  method: string;
  /** Path and query as sent, percent-encoded. */
  url: string;
  /** `sub` of the token; absent: no token. */
  sub?: string;
  admin?: boolean;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface ApiAnswer {
  status: number;
  headers: Record<string, unknown>;
  /** Parsed, or undefined when empty. */
  body: unknown;
}

/** Calls an API function as API Gateway does (HTTP API, payload 2.0) once its authorizer took the token. */
export async function apiCall(
  handler: HttpHandler,
  { method, url, sub, admin, body, headers }: ApiCall,
): Promise<ApiAnswer> {
  const [rawPath = '', rawQueryString = ''] = url.split('?');
  const event: HttpEvent = {
    version: '2.0',
    routeKey: 'ANY /{proxy+}',
    rawPath,
    rawQueryString,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.org',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
      requestId: 'request-1',
      routeKey: 'ANY /{proxy+}',
      stage: '$default',
      time: '21/Nov/2026:10:30:00 +0000',
      timeEpoch: Date.UTC(2026, 10, 21, 10, 30),
      ...(sub !== undefined && {
        authorizer: { jwt: { claims: { sub, ...(admin && { scope: 'sequitur/admin' }) } } },
      }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
  const answer = await handler(event, lambdaContext('api', 'request-1'));
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers ?? {},
    body: answer.body === undefined ? undefined : JSON.parse(answer.body),
  };
}
