import type { Method } from './endpoint.ts';

interface Place {
  method: Method;
  path: string;
}

/** The methods that a path has among these routes: for 405 and its `Allow`. */
export function allowedMethods(routes: readonly Place[], path: string): Method[] {
  return [...new Set(routes.filter((route) => pattern(route.path, '[^/]+').test(path)).map((route) => route.method))];
}

/**
 * Whether a path is a known one but for a `/` within a parameter. API Gateway decodes `%2F` before
 * anyone sees it, so `/v1/resources/user:a%2Fb/counts` arrives as a path of one segment more: a
 * malformed reference, not an unknown path. Only parameters that hold a reference count, and only
 * paths in which a literal follows one, so that `/v1/resources/user:a/nonsense` stays unknown.
 */
export function slashInParameter(routes: readonly Place[], path: string): boolean {
  return routes
    .filter((route) => /\}\//.test(route.path))
    .some((route) => pattern(route.path, '[^/:]+:.+').test(path));
}

function pattern(path: string, parameter: string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part.startsWith('{') ? parameter : RegExp.escape(part)))
    .join('/');
  return new RegExp(`^${source}/?$`);
}
