import { describe, expect, test } from '@jest/globals';
import { hostOf, lanesOf, ruleBook, targetsOn } from '../../../../lambdas/push/rules/rule-book.ts';

const host = (url: string) => hostOf({ url });

describe('the host that connections are counted by', () => {
  test.each([
    ['sftp://files.example.org', 'sftp://files.example.org:22/in'],
    ['sftp://files.example.org', 'SFTP://Files.Example.ORG/out'],
    ['ftp://files.example.org', 'ftps://files.example.org:21'],
    ['ftps+implicit://files.example.org', 'ftp://files.example.org:990'],
    ['https://files.example.org', 'https://files.example.org:443/in?key=1'],
    ['sftp://[2001:DB8::1]', 'sftp://[2001:db8::1]:22'],
    ['s3://bucket/a', 's3://bucket/b'],
  ])('is the same for %s and %s', (one, other) => {
    expect(host(one)).toBe(host(other));
  });

  test.each([
    ['sftp://files.example.org', 'sftp://files.example.org:2222'],
    ['sftp://files.example.org', 'ftp://files.example.org'],
    ['sftp://files.example.org', 'sftp://other.example.org'],
    ['s3://files', 'dummy://files'],
    ['s3://files', 'https://files'],
  ])('is not the same for %s and %s', (one, other) => {
    expect(host(one)).not.toBe(host(other));
  });
});

const target = (name: string, url: string, concurrency?: number) => ({
  name,
  url,
  hostKeys: [],
  ...(concurrency !== undefined && { concurrency }),
});

test('targets on one host share its lanes, of which the most careful target says how many', () => {
  const book = ruleBook(
    [],
    [
      target('a', 'sftp://files.example.org/a'),
      target('b', 'sftp://FILES.example.org:22/b', 1),
      target('c', 'sftp://other.example.org'),
    ],
    {},
  );
  const shared = host('sftp://files.example.org');
  expect(targetsOn(book, shared).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(lanesOf(book, shared)).toBe(1);
});
