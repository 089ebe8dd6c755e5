import { expect, test } from '@jest/globals';
import { openApiDocument } from '../../scripts/openapi-document.ts';
import { call } from '../support/e2e/api.ts';

test('health answers without a token', async () => {
  const { status, body } = await call(undefined, 'GET', '/health');
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok' });
});

test('the served OpenAPI document is the generated one', async () => {
  const { status, headers, body } = await call(undefined, 'GET', '/openapi.json');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});
