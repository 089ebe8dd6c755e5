import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { apiHandler } from '../../../../lambdas/shared/http/api-handler.ts';
import { anyone } from '../../../../lambdas/shared/http/authorize.ts';
import { endpoint } from '../../../../lambdas/shared/http/endpoint.ts';
import { route } from '../../../../lambdas/shared/http/route.ts';
import { order, page, resourceRef } from '../../../../lambdas/shared/http/schemas.ts';
import { apiCall } from '../../../support/api-call.ts';
import type { ApiCall } from '../../../support/api-call.ts';
import { silentLog } from '../../../support/silent-log.ts';

const ref = z.strictObject({ ref: resourceRef });
const query = z.strictObject({ ...page, order, verb: z.string().optional() });

/** Two lists that answer what their cursors are bound to. */
const handler = apiHandler({
  routes: ['notes', 'marks'].map((name) =>
    route(
      endpoint({
        method: 'GET',
        path: `/v1/resources/{ref}/${name}`,
        operationId: name,
        summary: '',
        tag: '',
        params: ref,
        query,
        answers: {},
        problems: [],
      }),
      {
        authorize: anyone,
        run: ({ cursorScope }) => Promise.resolve({ status: 200, body: cursorScope }),
      },
    ),
  ),
  log: silentLog(),
  userType: 'user',
});

async function scopeOf(path: string, more: Partial<ApiCall> = {}): Promise<string> {
  const url = `/v1/resources/${path}`;
  const { status, body } = await apiCall(handler, { method: 'GET', url, sub: 'amy', ...more });
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return z.string().parse(body);
}

test.each([
  ['user:flo/notes?verb=like', 'user:flo/notes?verb=like&order=desc'],
  ['user:flo/notes?verb=like&order=asc', 'user:flo/notes?order=asc&verb=like'],
  ['user:flo/notes?verb=like', 'user:flo/notes?verb=%6Cike'],
  ['user:flo/notes', 'user%3Aflo/notes'],
  ['user:flo/notes?limit=5', 'user:flo/notes?limit=7&cursor=x'],
])('a cursor of %s is one of %s', async (one, other) => {
  expect(await scopeOf(one)).toBe(await scopeOf(other));
});

test.each([
  ['user:flo/notes', 'user:amy/notes'],
  ['user:flo/notes', 'user:flo/marks'],
  ['user:flo/notes', 'user:flo/notes?order=asc'],
  ['user:flo/notes', 'user:flo/notes?verb=like'],
  ['user:flo/notes?verb=like', 'user:flo/notes?verb=join'],
])('a cursor of %s is none of %s', async (one, other) => {
  expect(await scopeOf(one)).not.toBe(await scopeOf(other));
});

test('a cursor is its caller’s alone, also when that one gets or loses the admin scope', async () => {
  const path = 'user:flo/notes';
  const scopes = [{}, { sub: 'bob' }, { admin: true }].map((caller) => scopeOf(path, caller));
  expect(new Set(await Promise.all(scopes)).size).toBe(3);
});
