import { expect, test } from '@jest/globals';
import { webhooksEndpoints } from '../../../lambdas/webhooks/endpoints.ts';
import { webhooksRoutes } from '../../../lambdas/webhooks/routes.ts';

const routes = webhooksRoutes({} as Parameters<typeof webhooksRoutes>[0]);
const places = routes.map(({ method, path }) => `${method} ${path}`);

test('every endpoint has one route', () => {
  expect(places.toSorted()).toEqual(
    webhooksEndpoints.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

test('a path by its own name comes before one that takes any name', () => {
  for (const own of ['failures', 'stored']) {
    expect(places.indexOf(`GET /v1/hooks/${own}`)).toBeLessThan(
      places.indexOf('GET /v1/hooks/{id}'),
    );
  }
  expect(places.indexOf('DELETE /v1/hooks/failures')).toBeLessThan(
    places.indexOf('DELETE /v1/hooks/{id}'),
  );
});
