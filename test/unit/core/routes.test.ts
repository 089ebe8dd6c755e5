import { expect, test } from '@jest/globals';
import { coreRoutes } from '../../../lambdas/core/routes.ts';
import { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { apiCall } from '../../support/api-call.ts';
import { silentLog } from '../../support/silent-log.ts';

const document = { openapi: '3.1.0', info: { title: 'Sequitur' } };
const handler = apiHandler({ routes: coreRoutes(document), log: silentLog(), userType: 'user' });
const call = (method: string, url: string) => apiCall(handler, { method, url });

test('health needs no token', async () => {
  expect(await call('GET', '/v1/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('the API document is served as it was made', async () => {
  expect(await call('GET', '/v1/openapi.json')).toMatchObject({ status: 200, body: document });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s of health is 405', async (method) => {
  expect(await call(method, '/v1/health')).toMatchObject({
    status: 405,
    headers: { allow: 'GET' },
  });
});

test.each(['/', '/v1', '/v1/', '/v1/nonsense', '/v2/health', '/v1/health/more'])(
  'the unknown path %s is 404, with a problem document',
  async (url) => {
    expect(await call('GET', url)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 404, title: 'Not found' },
    });
  },
);

test('health takes no query', async () => {
  expect(await call('GET', '/v1/health?verbose=1')).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'query.verbose' }] },
  });
});
