import { describe, expect, test } from '@jest/globals';
import { openApiCheck } from '../../../support/e2e/openapi-check.ts';
import type { SeenAnswer } from '../../../support/e2e/openapi-check.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

const { check, operationOf } = openApiCheck({
  openapi: '3.1.0',
  components: {
    schemas: {
      Box: {
        type: 'object',
        properties: { at: { type: 'string', format: 'date-time' } },
        required: ['at'],
        additionalProperties: false,
      },
    },
  },
  paths: {
    '/boxes/{id}': {
      get: {
        operationId: 'getBox',
        security: [],
        responses: { 200: json({ $ref: '#/components/schemas/Box' }), 401: {} },
      },
      delete: { operationId: 'deleteBox', security: [], responses: { 204: {} } },
    },
    '/boxes/count': {
      get: {
        operationId: 'countBoxes',
        security: [],
        responses: { 200: json({ type: 'integer' }) },
      },
    },
  },
});

const good: SeenAnswer = {
  method: 'GET',
  path: '/boxes/7',
  status: 200,
  contentType: 'application/json',
  body: { at: '2026-11-21T10:30:00.000Z' },
};

test('an operation is found by the path nearest to the request', () => {
  expect(operationOf('GET', '/boxes/7')?.operationId).toBe('getBox');
  expect(operationOf('GET', '/boxes/count')?.operationId).toBe('countBoxes');
  expect(operationOf('DELETE', '/boxes/count')).toBeUndefined();
  expect(operationOf('GET', '/boxes/7/8')).toBeUndefined();
});

test('a documented answer passes, and so does the gateway’s own 401', () => {
  expect(() => check(good)).not.toThrow();
  expect(() => check({ ...good, status: 401, body: { message: 'Unauthorized' } })).not.toThrow();
  expect(() =>
    check({ ...good, method: 'DELETE', status: 204, contentType: null, body: undefined }),
  ).not.toThrow();
});

describe('an answer is refused', () => {
  test.each<[string, Partial<SeenAnswer>, RegExp]>([
    ['with an undocumented status', { status: 500 }, /500, which getBox lacks/u],
    ['with another content type', { contentType: 'text/plain' }, /as text\/plain/u],
    ['without a property', { body: {} }, /must have required property/u],
    ['with an unknown property', { body: { ...(good.body as object), more: 1 } }, /additional/u],
    ['with a wrong format', { body: { at: 'yesterday' } }, /must match format/u],
    ['without its body', { body: undefined }, /must be object/u],
    ['with a body that it should not have', { method: 'DELETE', status: 204 }, /with a body/u],
  ])('%s', (_how, wrong, message) => {
    expect(() => check({ ...good, ...wrong })).toThrow(message);
  });
});
