import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { Caller } from './caller.ts';
import type { Endpoint, Method } from './endpoint.ts';
import { idempotencyKeyOf, parseBody, parsePart, queryOf } from './request.ts';

/** A parsed request as a route's code sees it. */
export interface Request<P, Q, B> {
  caller: Caller;
  params: P;
  query: Q;
  body: B;
  /** The header `Idempotency-Key`, on routes that take it. */
  idempotencyKey: string | undefined;
  /** What a cursor of this request is bound to: caller, operation and what its
   * path and query mean, without `limit` and `cursor`: not how they are written. */
  cursorScope: string;
}

/** What a route's code answers. Without a body the answer is empty (204). */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Throws `ForbiddenError` (or `NotFoundError`) when this caller may not make this request. */
export type Authorize<P, Q, B> = (request: Request<P, Q, B>) => void;

/** A route with its types closed over: what the API function's router is built from. */
export interface Route {
  method: Method;
  path: string;
  open: boolean;
  respond(
    event: APIGatewayProxyEventV2,
    params: Record<string, string>,
    caller: Caller,
  ): Promise<APIGatewayProxyStructuredResultV2>;
}

/** Joins an endpoint with who may call it and what it does. */
export function route<
  P extends z.ZodType<Record<string, unknown>, Record<string, unknown>>,
  Q extends z.ZodType<Record<string, unknown>, Record<string, unknown>>,
  B extends z.ZodType,
>(
  endpoint: Endpoint<P, Q, B>,
  behaviour: {
    authorize: Authorize<z.output<P>, z.output<Q>, z.output<B>>;
    run: (request: Request<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>;
  },
): Route {
  return {
    method: endpoint.method,
    path: endpoint.path,
    open: endpoint.open === true,
    async respond(event, rawParams, caller) {
      const params = parsePart(endpoint.params, rawParams, 'path');
      const query = parsePart(endpoint.query, queryOf(event.rawQueryString), 'query');
      const request = {
        caller,
        params,
        query,
        body: parseBody(endpoint.body, event, endpoint.bodyLimitBytes),
        idempotencyKey: endpoint.idempotent === true ? idempotencyKeyOf(event) : undefined,
        cursorScope: cursorScope(caller, endpoint.operationId, params, query),
      };
      behaviour.authorize(request);
      const { status, body, headers } = await behaviour.run(request);
      if (body === undefined) return { statusCode: status, headers: headers ?? {} };
      return {
        statusCode: status,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      };
    },
  };
}

function cursorScope(
  caller: Caller,
  operationId: string,
  params: Record<string, unknown>,
  query: Record<string, unknown>,
): string {
  const { limit: _limit, cursor: _cursor, ...rest } = query;
  return JSON.stringify([caller.ref, caller.admin, operationId, sorted(params), sorted(rest)]);
}

function sorted(values: Record<string, unknown>): [string, unknown][] {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
