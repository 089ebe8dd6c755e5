import type { Method } from './endpoint.ts';

interface Place {
  method: Method;
  path: string;
}

/** What is known of paths beyond the router's own matching. */
export interface PathMatcher {
  /**
   * The methods of a path among these routes: for 405 and its `Allow`. A literal goes before a
   * parameter: of `/private/count` and `/private/{id}`, the path `/private/count` is only the first.
   * A path with a slash behind it is another one, and none of these.
   */
  allowedMethods(path: string): Method[];
  /**
   * Whether a path is a known one but for a `/` within a parameter. API Gateway decodes `%2F` before
   * anyone sees it, so `/v1/resources/user:a%2Fb/counts` arrives as a path of one segment more: a
   * malformed reference, not an unknown path. Only parameters that hold a reference count, be it in two
   * parts as `{type}/{id}`. A path that ends with one counts for its own methods only, so that
   * `GET /v1/resources/user:a/nonsense` stays unknown where nothing but `DELETE /v1/resources/{ref}` is
   * known.
   */
  slashInParameter(method: string, path: string): boolean;
}

/**
 * What domains have below a resource. With a `/` too many, such a path comes to the function behind the
 * gateway's catch-all route instead of its own.
 */
const belowResources = /^\/v1\/resources\/[^/:]+:[^/]*\/.*\/(?:actions|timelines)(?:\/|$)/;

/** Prepares the matching once, for all requests. */
export function pathMatcher(routes: readonly Place[]): PathMatcher {
  const places = routes.map(({ method, path }) => ({
    method,
    parameters: path.split('{').length - 1,
    exact: pattern(path, () => '[^/]+'),
    withSlash: pattern(path, path.includes('{type}/{id}') ? inTwoParts : () => '[^/:]+:.+'),
    literalFollows: /\}\/[^{]/.test(path),
  }));
  return {
    allowedMethods(path) {
      const matching = places.filter(({ exact }) => exact.test(path));
      const fewest = Math.min(...matching.map(({ parameters }) => parameters));
      const nearest = matching.filter(({ parameters }) => parameters === fewest);
      return [...new Set(nearest.map(({ method }) => method))];
    },
    slashInParameter(wanted, path) {
      return (
        belowResources.test(path) ||
        places.some(
          ({ method, withSlash, literalFollows }) =>
            (literalFollows || method === wanted) && withSlash.test(path),
        )
      );
    },
  };
}

function inTwoParts(parameter: string): string {
  return parameter === '{type}' ? '[^/]+' : '.+';
}

function pattern(path: string, parameter: (name: string) => string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part.startsWith('{') ? parameter(part) : RegExp.escape(part)))
    .join('/');
  return new RegExp(`^${source}$`);
}
