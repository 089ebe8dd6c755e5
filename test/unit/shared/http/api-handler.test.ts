import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  ConflictError,
  ForbiddenError,
  LimitError,
  NotFoundError,
  TransientError,
} from '../../../../lambdas/shared/errors.ts';
import { apiHandler } from '../../../../lambdas/shared/http/api-handler.ts';
import { adminOnly, anyone, itselfOrAdmin } from '../../../../lambdas/shared/http/authorize.ts';
import { endpoint } from '../../../../lambdas/shared/http/endpoint.ts';
import { route } from '../../../../lambdas/shared/http/route.ts';
import type { Answer } from '../../../../lambdas/shared/http/route.ts';
import { nothing, resourceRef } from '../../../../lambdas/shared/http/schemas.ts';
import { apiCall } from '../../../support/api-call.ts';
import type { ApiCall } from '../../../support/api-call.ts';
import { silentLog } from '../../../support/silent-log.ts';

const shared = { summary: '', tag: '', answers: {}, problems: [], query: nothing } as const;
const ref = z.strictObject({ ref: resourceRef });
const note = z.strictObject({ text: z.string().max(1_000_000), size: z.int().optional() });

/** The limit of a route with one of its own, above the general one. */
const letterBytes = 300 * 1024;

/** An API with a route of each kind; `run` is what the notes' routes do. */
function api(run: () => Promise<Answer> = () => Promise.resolve({ status: 200, body: 'done' })) {
  const notes = { ...shared, path: '/v1/resources/{ref}/notes', params: ref };
  const handler = apiHandler({
    routes: [
      route(endpoint({ ...notes, method: 'GET', operationId: 'get' }), {
        authorize: anyone,
        run,
      }),
      route(
        endpoint({ ...notes, method: 'POST', operationId: 'post', body: note, idempotent: true }),
        {
          authorize: itselfOrAdmin('ref'),
          run: ({ body, idempotencyKey }) =>
            Promise.resolve({ status: 201, body: { body, idempotencyKey } }),
        },
      ),
      route(
        endpoint({
          ...notes,
          method: 'PUT',
          path: '/v1/resources/{ref}/letter',
          operationId: 'put',
          body: note,
          bodyLimitBytes: letterBytes,
        }),
        {
          authorize: anyone,
          run: ({ body }) => Promise.resolve({ status: 200, body: body.text.length }),
        },
      ),
      route(endpoint({ ...notes, method: 'DELETE', operationId: 'delete' }), {
        authorize: adminOnly,
        run: () => Promise.resolve({ status: 204 }),
      }),
      route(
        endpoint({
          ...shared,
          method: 'GET',
          path: '/v1/open',
          operationId: 'open',
          params: nothing,
          open: true,
        }),
        { authorize: anyone, run: ({ caller }) => Promise.resolve({ status: 200, body: caller }) },
      ),
    ],
    log: silentLog(),
    userType: 'user',
  });
  return (call: Partial<ApiCall>) =>
    apiCall(handler, {
      method: 'GET',
      url: '/v1/resources/user:flo/notes',
      sub: 'amy',
      ...call,
    });
}

const failing = (error: Error) =>
  api(() => {
    throw error;
  });

describe('answers', () => {
  test('carry the request id and their content type', async () => {
    expect(await api()({})).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-1' },
      body: 'done',
    });
  });

  test('without a body are empty', async () => {
    const answer = await api()({ method: 'DELETE', admin: true });
    expect(answer).toEqual({
      status: 204,
      headers: { 'x-request-id': 'request-1' },
      body: undefined,
    });
  });

  test('of open routes need no token', async () => {
    expect(await api()({ url: '/v1/open', sub: undefined })).toMatchObject({
      status: 200,
      body: { ref: '', admin: false },
    });
  });
});

describe('problems', () => {
  test('are documents by RFC 9457 with the request id as their instance', async () => {
    expect(await failing(new NotFoundError('There is no note.'))({})).toEqual({
      status: 404,
      headers: { 'content-type': 'application/problem+json', 'x-request-id': 'request-1' },
      body: {
        type: 'about:blank',
        title: 'Not found',
        status: 404,
        detail: 'There is no note.',
        instance: 'request-1',
      },
    });
  });

  test.each([
    [new ForbiddenError('no'), 403],
    [new ConflictError('no'), 409],
    [new TransientError('no'), 503],
    [new Error('no'), 500],
  ])('%s is %i', async (error, status) => {
    const answer = await failing(error)({});
    expect(answer).toMatchObject({ status, body: { status } });
  });

  test('of a busy service ask for a retry and name nothing internal', async () => {
    const answer = await failing(new TransientError('ThrottlingException'))({});
    expect(answer.headers).toMatchObject({ 'retry-after': '1' });
    expect(JSON.stringify(answer.body)).not.toContain('Throttling');
  });

  test('of a limit say what it is and when to come back', async () => {
    const limit = new LimitError('At most 60 new threads an hour.', 1_234);
    expect(await failing(limit)({})).toEqual({
      status: 429,
      headers: {
        'content-type': 'application/problem+json',
        'retry-after': '1234',
        'x-request-id': 'request-1',
      },
      body: {
        type: 'about:blank',
        title: 'Too many requests',
        status: 429,
        detail: 'At most 60 new threads an hour.',
        instance: 'request-1',
      },
    });
  });

  test('of our own faults say nothing about their cause', async () => {
    const answer = await failing(new Error('table sequitur-social-Follows is gone'))({});
    expect(JSON.stringify(answer)).not.toContain('sequitur-social');
    expect(JSON.stringify(answer)).not.toContain('.ts:');
  });
});

describe('requests', () => {
  test.each([
    ['/v1/resources/user:flo/notes/', 'GET'],
    ['/v1/resources/user:flo/notes/', 'PUT'],
    ['/v1/open/', 'GET'],
    ['/v1/open/', 'POST'],
  ])('with a slash behind the path %s are 404 (%s)', async (url, method) => {
    expect(await api()({ url, method })).toMatchObject({ status: 404 });
  });

  test('to unknown paths are 404', async () => {
    expect(await api()({ url: '/v1/nonsense' })).toMatchObject({ status: 404 });
  });

  test('with a method that the path lacks are 405 and told which it has', async () => {
    const answer = await api()({ method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET, POST, DELETE');
  });

  test('whose token makes no resource are 403', async () => {
    expect(await api()({ sub: 'a b' })).toMatchObject({ status: 403 });
    expect(await api()({ sub: undefined })).toMatchObject({ status: 403 });
  });

  test('for somebody else are 403, unless by admin', async () => {
    const call = { method: 'POST', body: { text: 'hi' } };
    expect(await api()({ ...call, sub: 'amy' })).toMatchObject({ status: 403 });
    expect(await api()({ ...call, sub: 'flo' })).toMatchObject({ status: 201 });
    expect(await api()({ ...call, sub: 'amy', admin: true })).toMatchObject({ status: 201 });
  });

  test('for admin alone are 403 for the owner too', async () => {
    expect(await api()({ method: 'DELETE', sub: 'flo' })).toMatchObject({ status: 403 });
  });

  test('are told all wrong fields at once, each with its place', async () => {
    const answer = await api()({ method: 'POST', sub: 'flo', body: { text: 5, size: 1.5, x: 1 } });
    expect(answer.status).toBe(400);
    const { errors, detail } = answer.body as { errors: { path: string }[]; detail: string };
    expect(errors.map(({ path }) => path)).toEqual(['body.text', 'body.size', 'body.x']);
    expect(detail).toBe('3 fields are wrong, see errors');
  });

  test.each([
    ['path.ref', { url: '/v1/resources/robot:1/notes' }],
    ['path.ref', { url: `/v1/resources/user:${'a'.repeat(129)}/notes` }],
    ['path.ref', { url: '/v1/resources/flo/notes' }],
    ['query.page', { url: '/v1/resources/user:flo/notes?page=2' }],
    ['query.page', { url: '/v1/resources/user:flo/notes?page=2&page=3' }],
    ['body', { body: { text: 'a body on a GET' } }],
    ['body', { method: 'POST', sub: 'flo', headers: { 'content-type': 'application/json' } }],
    [
      'header.Idempotency-Key',
      {
        method: 'POST',
        sub: 'flo',
        body: { text: '' },
        headers: { 'idempotency-key': 'k'.repeat(256) },
      },
    ],
  ])('with a wrong %s are 400 and told so', async (path, call) => {
    const answer = await api()(call);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('of up to 256 KiB are taken, larger ones are 413', async () => {
    const around = JSON.stringify({ text: '' }).length;
    const fits = { text: 'a'.repeat(256 * 1024 - around) };
    const call = { method: 'POST', sub: 'flo' };
    expect(await api()({ ...call, body: fits })).toMatchObject({ status: 201 });
    expect(await api()({ ...call, body: { text: `${fits.text}a` } })).toMatchObject({
      status: 413,
    });
  });

  test('to a route with a limit of its own are taken up to that, larger ones are 413', async () => {
    const around = JSON.stringify({ text: '' }).length;
    const text = 'a'.repeat(letterBytes - around);
    const call = { method: 'PUT', url: '/v1/resources/user:flo/letter' };
    expect(await api()({ ...call, body: { text } })).toMatchObject({
      status: 200,
      body: text.length,
    });
    expect(await api()({ ...call, body: { text: `${text}a` } })).toMatchObject({
      status: 413,
      body: { detail: 'The body is larger than 300 KiB.' },
    });
  });

  test('to a route with a limit of its own count as large as their bytes too', async () => {
    const call = { method: 'PUT', url: '/v1/resources/user:flo/letter' };
    const body = { text: '🐟'.repeat(80_000) };
    expect(await api()({ ...call, body })).toMatchObject({ status: 413 });
  });

  test('count as large as their bytes, not their characters', async () => {
    const body = { text: 'ü'.repeat(140_000) };
    expect(await api()({ method: 'POST', sub: 'flo', body })).toMatchObject({ status: 413 });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    '',
    'application/json; charset=utf-16',
    'application/json;version=1;Charset="ISO-8859-1"',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; charset=',
  ])('of the content type "%s" are 415', async (type) => {
    const headers = { 'content-type': type };
    const answer = await api()({ method: 'POST', sub: 'flo', body: { text: '' }, headers });
    expect(answer.status).toBe(415);
  });

  test.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; version=1',
    'application/vnd.api+json',
  ])('of the content type "%s" are taken', async (type) => {
    const headers = { 'content-type': type };
    const answer = await api()({ method: 'POST', sub: 'flo', body: { text: '' }, headers });
    expect(answer.status).toBe(201);
  });

  test('carry their idempotency key to where it is used', async () => {
    const headers = { 'idempotency-key': 'k'.repeat(255) };
    const answer = await api()({ method: 'POST', sub: 'flo', body: { text: '' }, headers });
    expect(answer.body).toMatchObject({ idempotencyKey: 'k'.repeat(255) });
  });
});
