import { beforeAll, describe, expect, test } from '@jest/globals';
import { mintBadTokens } from '../../scripts/local/bad-tokens.ts';
import { localIssuer, mintToken, signToken, tokenClaims } from '../../scripts/local/token.ts';
import { call, stackUnderTest } from '../support/e2e/api.ts';
import { newPerson, uniqueId } from '../support/e2e/people.ts';

const admins = `/resources/user:${uniqueId('nobody')}/erasure`;
/** What `GET erasure` answers to somebody who may ask, for a resource that was never erased. */
const allowed = 404;

/** A token with claims of one's choice, otherwise good. */
async function tokenWith(more: Record<string, unknown>): Promise<string> {
  const { issuerUrl, key } = await localIssuer();
  const claims = { ...tokenClaims({ sub: uniqueId('claims') }, issuerUrl, new Date()), ...more };
  return signToken(claims as Record<string, string>, key);
}

const badKinds = [
  'alg none',
  'HS256 with the public key',
  'a foreign key under the known kid',
  'a foreign key under its own kid',
  'expired',
  'not yet valid',
  'wrong issuer',
  'wrong audience',
  'claims changed after signing',
  'signature missing',
  'not a token',
];

describe('a token that must not be accepted', () => {
  let bad: Record<string, string>;
  beforeAll(async () => {
    const { issuerUrl, key } = await localIssuer();
    bad = await mintBadTokens(uniqueId('bad'), issuerUrl, key, new Date());
  });

  test('is of a kind that is tested here', () => {
    expect(Object.keys(bad)).toEqual(badKinds);
  });

  test.each(badKinds)('is 401: %s', async (kind) => {
    const token = bad[kind] ?? '';
    expect(token).not.toBe('');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const path = '/resources/user:x/followings/user:y';
      const { status, body } = await call({ token }, method, path);
      expect(status).toBe(401);
      expect(body).toEqual({ message: 'Unauthorized' });
    }
  });

  test('does no harm where none is needed', async () => {
    for (const token of Object.values(bad)) {
      expect((await call({ token }, 'GET', '/health')).status).toBe(200);
    }
  });

  test.each([
    ['no scheme', (token: string) => token],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['nothing', () => 'Bearer'],
  ])('is 401 with %s', async (_what, headerOf) => {
    const { token } = await newPerson('scheme');
    const authorization = headerOf(token);
    const path = '/resources/user:x/counts';
    // API Gateway takes a bare token as well as one with its scheme; both are the caller's own.
    const { status } = await call(undefined, 'GET', path, { headers: { authorization } });
    expect(status).toBe(authorization === token ? 200 : 401);
  });
});

describe('the scope for administrators', () => {
  test.each([
    ['scope of one word', { scope: 'sequitur/admin' }],
    ['scope of several words', { scope: 'openid sequitur/admin email' }],
    ['scp of one word', { scp: 'sequitur/admin' }],
    ['scp as a list', { scp: ['openid', 'sequitur/admin'] }],
  ])('is read from %s', async (_form, claims) => {
    const token = await tokenWith(claims);
    expect((await call({ token }, 'GET', admins)).status).toBe(allowed);
  });

  test.each([
    ['no scope', {}],
    ['another scope', { scope: 'sequitur/reader' }],
    ['a longer word', { scope: 'sequitur/admins' }],
    ['a word with a prefix', { scope: 'x-sequitur/admin' }],
    ['scope as a list, which RFC 6749 does not know', { scope: ['sequitur/admin'] }],
    ['another case', { scope: 'Sequitur/Admin' }],
    ['another claim', { roles: 'sequitur/admin', permissions: ['sequitur/admin'] }],
  ])('is not found in %s', async (_form, claims) => {
    const token = await tokenWith(claims);
    expect((await call({ token }, 'GET', admins)).status).toBe(403);
  });
});

describe('the caller', () => {
  test.each(['auth0|5f7c8', 'a+b@example.org', 'x'.repeat(128), 'a:b=c~d-e._'])(
    'is the resource of its sub %s',
    async (sub) => {
      const token = await mintToken({ sub });
      const path = `/resources/${encodeURIComponent(`user:${sub}`)}/timelines/private/count`;
      expect((await call({ token }, 'GET', path)).status).toBe(200);
    },
  );

  test.each(['with space', 'a/b', 'ä', '', 'x'.repeat(129)])(
    'owns nothing when its sub cannot be an id: %j',
    async (sub) => {
      const token = await mintToken({ sub });
      expect((await call({ token }, 'GET', '/resources/user:x/counts')).status).toBe(403);
    },
  );
});

test('after the issuer’s key was rotated old and new tokens are valid', async () => {
  const { issuerUrl } = await stackUnderTest();
  const path = '/resources/user:x/counts';
  const before = await newPerson('before');
  expect((await call(before, 'GET', path)).status).toBe(200);
  const kidBefore = (await localIssuer()).key.kid;
  const rotated = await fetch(`${issuerUrl}/rotate`, { method: 'POST' });
  expect(rotated.status).toBe(200);
  expect((await localIssuer()).key.kid).not.toBe(kidBefore);
  const after = await newPerson('after');
  expect((await call(after, 'GET', path)).status).toBe(200);
  expect((await call(before, 'GET', path)).status).toBe(200);
});
