import { describe, expect, test } from '@jest/globals';
import { ForbiddenError } from '../../../../lambdas/shared/errors.ts';
import { callerFromClaims } from '../../../../lambdas/shared/http/caller.ts';

test('a caller is the resource that its sub is the id of', () => {
  expect(callerFromClaims({ sub: 'auth0|5f7c' }, 'member')).toEqual({
    ref: 'member:auth0|5f7c',
    admin: false,
  });
});

describe('a caller is admin', () => {
  test.each([
    ['by the scope alone', { scope: 'sequitur/admin' }],
    ['by one of many scopes', { scope: 'openid sequitur/admin email' }],
    ['by scp as text', { scp: 'sequitur/admin' }],
    ['by scp as a list', { scp: ['openid', 'sequitur/admin'] }],
    ['by scp as text of many', { scp: 'openid sequitur/admin' }],
    ['by scp as API Gateway prints a list', { scp: '[openid sequitur/admin]' }],
    ['by scp as API Gateway prints a list of one', { scp: '[sequitur/admin]' }],
  ])('%s', (_how, claims) => {
    expect(callerFromClaims({ sub: 'flo', ...claims }, 'user').admin).toBe(true);
  });

  test.each([
    ['by a scope that begins alike', { scope: 'sequitur/administrator' }],
    ['by a scope that ends alike', { scope: 'not-sequitur/admin' }],
    ['by a scope behind a comma', { scope: 'openid,sequitur/admin' }],
    ['by a scope behind a tab', { scope: 'openid\tsequitur/admin' }],
    ['by a scope in brackets', { scope: '[sequitur/admin]' }],
    ['by a scope that is a list', { scope: ['sequitur/admin'] }],
    ['by scp behind a comma', { scp: '[openid,sequitur/admin]' }],
    ['by scp with an opening bracket alone', { scp: '[sequitur/admin openid' }],
    ['by scp with a closing bracket alone', { scp: 'openid sequitur/admin]' }],
    ['by another claim', { roles: 'sequitur/admin' }],
    ['by a number', { scope: 1 }],
    ['by a list with other things than text', { scp: [['sequitur/admin']] }],
  ])('never %s', (_how, claims) => {
    expect(callerFromClaims({ sub: 'flo', ...claims }, 'user').admin).toBe(false);
  });
});

test.each([
  ['no claims', undefined],
  ['no sub', {}],
  ['an empty sub', { sub: '' }],
  ['a sub that is no text', { sub: 7 }],
  ['a sub with a character that no id has', { sub: 'a/b' }],
  ['a sub with a line break', { sub: 'flo\n' }],
  ['a sub that is too long', { sub: 'a'.repeat(129) }],
])('a token with %s owns nothing', (_what, claims) => {
  expect(() => callerFromClaims(claims, 'user')).toThrow(ForbiddenError);
});
