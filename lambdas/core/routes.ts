import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { anyone } from '../shared/http/authorize.ts';
import { getHealth, getOpenApi } from './endpoints.ts';

export function coreRoutes(openApiDocument: unknown): Route[] {
  return [
    route(getHealth, {
      authorize: anyone,
      run: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
    }),
    route(getOpenApi, {
      authorize: anyone,
      run: () => Promise.resolve({ status: 200, body: openApiDocument }),
    }),
  ];
}
