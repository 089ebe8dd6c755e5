import { describe, expect, test } from '@jest/globals';
import { pushEndpoints } from '../../../../lambdas/push/endpoints.ts';
import { pushRoutes } from '../../../../lambdas/push/routes.ts';
import { pushApi } from './push-api.ts';

const routes = pushRoutes({ contentTypes: [] } as unknown as Parameters<typeof pushRoutes>[0]);
const places = routes.map(({ method, path }) => `${method} ${path}`);

test('every endpoint has one route', () => {
  expect(places.toSorted()).toEqual(
    pushEndpoints.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

/** A path of an endpoint as it could be called. */
function example(path: string): string {
  return path
    .replace('{type}', 'story')
    .replace('{rule}', 'digest')
    .replace('{id}', path.includes('items') ? 'push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6' : '7')
    .replace('{name}', 'original');
}

const bodies: Readonly<Record<string, unknown>> = {
  putContent: { fields: {} },
  resetPushItems: { status: 'failed' },
};

describe('is for admin alone', () => {
  test.each(pushEndpoints.map((one) => [one.operationId, one] as const))(
    '%s',
    async (operationId, { method, path }) => {
      const api = pushApi();
      const body = bodies[operationId];
      const answer = await api.call({ method, url: example(path), sub: 'amy', body });
      expect(answer.status).toBe(403);
      expect(api.jobs).toEqual([]);
    },
  );
});

test.each([
  ['DELETE', '/v1/push/items'],
  ['GET', '/v1/push/items/reset'],
  ['GET', '/v1/push/run'],
  ['POST', '/v1/push/runs'],
  ['POST', '/v1/push/check'],
  ['GET', '/v1/push/clean-queue'],
  ['GET', '/v1/push/rules/digest/mass'],
])('%s %s is 405', async (method, url) => {
  expect((await pushApi().admin({ method, url })).status).toBe(405);
});
