import type middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../log.ts';
import type { HttpEvent } from './api-handler.ts';
import { problemFor } from './problem.ts';

type HttpMiddleware = middy.MiddlewareObj<HttpEvent, APIGatewayProxyStructuredResultV2>;

/**
 * Puts the request id into the log and into the answer, and logs one line a request: what was asked,
 * what was answered, never a body, a token or a query.
 */
export function logRequests(log: Log): HttpMiddleware {
  const finish: middy.MiddlewareFn<HttpEvent, APIGatewayProxyStructuredResultV2> = (request) => {
    const { requestId, http } = request.event.requestContext;
    const response = request.response ?? {};
    response.headers = { ...response.headers, 'x-request-id': requestId };
    request.response = response;
    log.info('request', {
      method: http.method,
      path: request.event.rawPath,
      status: response.statusCode,
    });
  };
  return {
    before: ({ event }) => {
      log.resetKeys();
      log.appendKeys({ requestId: event.requestContext.requestId });
    },
    after: finish,
    onError: finish,
  };
}

/** Answers what was thrown as a problem document; the stack of the unexpected goes to the log only. */
export function answerProblems(log: Log): HttpMiddleware {
  return {
    onError: (request) => {
      const { problem, headers } = problemFor(
        request.error,
        request.event.requestContext.requestId,
      );
      if (problem.status >= 500 && request.error) log.error('request failed', request.error);
      request.response = {
        statusCode: problem.status,
        headers: { 'content-type': 'application/problem+json', ...headers },
        body: JSON.stringify(problem),
      };
    },
  };
}
