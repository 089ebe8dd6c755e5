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
  /** What a cursor of this request is bound to: caller, path and query without `limit` and `cursor`. */
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
      const rawQuery = queryOf(event.rawQueryString);
      const request = {
        caller,
        params: parsePart(endpoint.params, rawParams, 'path'),
        query: parsePart(endpoint.query, rawQuery, 'query'),
        body: parseBody(endpoint.body, event),
        idempotencyKey: endpoint.idempotent === true ? idempotencyKeyOf(event) : undefined,
        cursorScope: cursorScope(caller, event.rawPath, rawQuery),
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

function cursorScope(caller: Caller, path: string, query: Record<string, string>): string {
  const { limit: _limit, cursor: _cursor, ...rest } = query;
  const pairs = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([caller.ref, caller.admin, path, pairs]);
}
