import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type {
  Context,
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { HttpError, NotFoundError, invalid } from '../errors.ts';
import type { Log } from '../log.ts';
import { callerFromClaims } from './caller.ts';
import type { Caller } from './caller.ts';
import { pathMatcher } from './match-path.ts';
import type { PathMatcher } from './match-path.ts';
import { answerProblems, logRequests } from './middleware.ts';
import type { Route } from './route.ts';

/** The caller of routes that take no token. */
const nobody: Caller = { ref: '', admin: false };

/** An event with what the JWT authorizer adds; `aws-lambda`'s plain type leaves it out. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: unknown } } };
};

export type HttpHandler = (
  event: HttpEvent,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda handler of one domain's API: routes requests, turns what is thrown into problem
 * documents, and answers unknown paths with 404 and wrong methods with 405.
 */
export function apiHandler(options: {
  routes: readonly Route[];
  log: Log;
  /** Type of the resource that a caller is. */
  userType: string;
}): HttpHandler {
  const { routes, log, userType } = options;
  const paths = pathMatcher(routes);

  const router = httpRouter<HttpEvent, APIGatewayProxyStructuredResultV2>({
    routes: routes.map((route) => ({
      method: route.method,
      path: route.path,
      handler: (event: HttpEvent) => {
        // The router took a parameter for what is a path of its own, without this method, or passed
        // over a slash at the end.
        if (!paths.allowedMethods(event.rawPath).includes(route.method)) {
          throw unknownRoute(paths, route.method, event.rawPath);
        }
        const caller = route.open
          ? nobody
          : callerFromClaims(event.requestContext.authorizer?.jwt?.claims, userType);
        return route.respond(event, pathParameters(event), caller);
      },
    })),
    notFoundResponse: ({ method, path }) => {
      throw unknownRoute(paths, method, path);
    },
  });

  return middy<HttpEvent, APIGatewayProxyStructuredResultV2>()
    .use(logRequests(log))
    .use(answerProblems(log))
    .handler(async (event, context, abort) => {
      // The gateway's own parameters are those of its proxy route; the router finds the real ones.
      delete event.pathParameters;
      return (await router(event, context, abort)) ?? {};
    });
}

function pathParameters(event: HttpEvent): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.pathParameters ?? {})) {
    if (value !== undefined) parameters[name] = decoded(value);
  }
  return parameters;
}

/** API Gateway has decoded the path; where it has not, this does. No valid parameter holds a `%`. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function unknownRoute(paths: PathMatcher, method: string, path: string): Error {
  const methods = paths.allowedMethods(path);
  if (methods.length > 0) return wrongMethod(methods);
  if (paths.slashInParameter(method, path))
    return invalid('path', 'a reference must not contain "/"');
  return new NotFoundError('There is no such path. See /v1/openapi.json.');
}

function wrongMethod(methods: readonly string[]): HttpError {
  const allow = methods.join(', ');
  return new HttpError(405, `This path takes ${allow}.`, { allow });
}
