import { describe, expect, test } from '@jest/globals';
import { pathMatcher } from '../../../../lambdas/shared/http/match-path.ts';

const paths = pathMatcher([
  { method: 'GET', path: '/v1/resources/{ref}/counts' },
  { method: 'PUT', path: '/v1/resources/{ref}/followings/{other}' },
  { method: 'GET', path: '/v1/resources/{ref}/followings/{other}' },
  { method: 'DELETE', path: '/v1/resources/{ref}/box/{id}' },
  { method: 'GET', path: '/v1/resources/{ref}/box/count' },
  { method: 'DELETE', path: '/v1/resources/{ref}' },
  { method: 'PUT', path: '/v1/content/{type}/{id}' },
  { method: 'GET', path: '/v1/content/{type}' },
  { method: 'POST', path: '/v1/content/{type}/{id}/binaries/{name}' },
]);

describe('the methods of a path', () => {
  test.each([
    ['/v1/resources/user:a/followings/user:b', ['PUT', 'GET']],
    ['/v1/resources/user:a/followings/user:b/', []],
    ['/v1/resources/user:a/counts/', []],
    ['/v1/resources/user:a', ['DELETE']],
    ['/v1/resources/user:a/box/7', ['DELETE']],
    ['/v1/resources/user:a/box/count', ['GET']],
    ['/v1/resources/user:a/nowhere', []],
    ['/v1/resources', []],
  ])('of %s are %j', (path, methods) => {
    expect(paths.allowedMethods(path)).toEqual(methods);
  });
});

describe('a slash within a reference', () => {
  test.each([
    '/v1/resources/user:a/b/counts',
    '/v1/resources/user:a/b/c/counts',
    '/v1/resources/user:a/followings/user:b/c',
    '/v1/resources/user:a/followings/user:b/',
    '/v1/resources/user:a/b/timelines/private',
    '/v1/resources/user:a/b/actions',
    '/v1/resources/user:a//timelines/public/count',
  ])('is found in %s', (path) => {
    expect(paths.slashInParameter('GET', path)).toBe(true);
  });

  test.each([
    '/v1/resources/user:a/counts/',
    '/v1/resources/user:a/nowhere',
    '/v1/resources/user:a/nowhere/at/all',
    '/v1/resources/user:a/timelines/nowhere',
    '/v1/resources/user:a/actions/x/y',
    '/v1/nowhere',
  ])('is not found in %s', (path) => {
    expect(paths.slashInParameter('GET', path)).toBe(false);
  });

  test('at the very end is found for the method of such a path only', () => {
    expect(paths.slashInParameter('DELETE', '/v1/resources/user:a/b')).toBe(true);
    expect(paths.slashInParameter('GET', '/v1/resources/user:a/b')).toBe(false);
  });

  test.each([
    ['PUT', '/v1/content/photo/a/b'],
    ['PUT', '/v1/content/photo/a/'],
    ['POST', '/v1/content/photo/a/b/binaries/original'],
    ['POST', '/v1/content/photo/a/binaries/x/y'],
  ])('is found in an id beside its type: %s %s', (method, path) => {
    expect(paths.slashInParameter(method, path)).toBe(true);
  });

  test.each([
    ['GET', '/v1/content/photo/'],
    ['GET', '/v1/content/photo/a/b'],
    ['PUT', '/v1/content/photo/'],
    ['PUT', '/v1/content/photo'],
    ['POST', '/v1/content/photo/a/binaries/'],
  ])('is not found where there is no such path: %s %s', (method, path) => {
    expect(paths.slashInParameter(method, path)).toBe(false);
  });
});
