import { beforeAll, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { admin } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

let operator: Person;

beforeAll(async () => {
  operator = await admin();
});

test.each(['/', '/nowhere', '/resources', '/health/', '/health/more', '/../v2', '//health'])(
  'an unknown path is 404, with a token and without: %s',
  async (path) => {
    for (const who of [operator, undefined]) {
      expect((await call(who, 'GET', path)).status).toBe(404);
    }
  },
);

test.each([
  '',
  '/nowhere',
  '/timelines',
  '/timelines/nowhere',
  '/counts/',
  '/followings/',
  '/timelines/private/',
])('an unknown path of a resource is 404: %s', async (path) => {
  expect((await call(operator, 'GET', `/resources/user:x${path}`)).status).toBe(
    // The resource itself can be erased, but not read.
    path === '' ? 405 : 404,
  );
});

test.each([
  '/messages/',
  '/messages/x/nowhere',
  '/threads/',
  '/threads/x/nowhere',
  '/threads/x/messages/y',
  '/convos',
  '/convos/nowhere',
  '/convos/blocks/',
])('an unknown path of convos is 404: %s', async (path) => {
  expect((await call(operator, 'GET', path)).status).toBe(404);
});
