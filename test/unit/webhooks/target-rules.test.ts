import { describe, expect, test } from '@jest/globals';
import { parseAllowedTargets } from '../../../lambdas/webhooks/allowed-targets.ts';
import { addressMistake, targetMistake } from '../../../lambdas/webhooks/target-rules.ts';
import { hostileTargets } from '../../support/hostile-targets.ts';

const none = parseAllowedTargets([]);

test('the corpus of hostile targets has at least 60 different ones', () => {
  expect(new Set(hostileTargets.map(([target]) => target)).size).toBeGreaterThanOrEqual(60);
});

test.each(hostileTargets)('refuses %j, because: %s', (target, reason) => {
  expect(targetMistake(target, none)).toContain(reason);
});

test.each([
  'https://example.org/webhooks',
  'https://example.org',
  'https://example.org:443/',
  'https://example.org:80/',
  'https://example.org:8000/a?b=c',
  'https://example.org:9999/',
  'https://bücher.example/',
  'https://93.184.215.14/',
  'https://[2606:4700::1111]/',
  'https://[::ffff:93.184.215.14]/',
  'https://example.org/a@b',
  'HTTPS://EXAMPLE.ORG/',
])('takes %s', (target) => {
  expect(targetMistake(target, none)).toBeUndefined();
});

describe('what is allowed besides', () => {
  const local = parseAllowedTargets(['127.0.0.1/32:*']);

  test.each([
    'http://127.0.0.1:3000/',
    'https://127.0.0.1/',
    'http://localhost:5/',
    'http://2130706433:5/',
    'http://[::ffff:127.0.0.1]:5/',
    // It may resolve to 127.0.0.1: the connection decides.
    'http://receiver.example:22/',
  ])('takes %s where 127.0.0.1 is listed', (target) => {
    expect(targetMistake(target, local)).toBeUndefined();
  });

  test.each([
    'https://127.0.0.2/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'http://93.184.215.14/',
    'http://u:p@127.0.0.1/',
    'ftp://127.0.0.1/',
  ])('still refuses %s', (target) => {
    expect(targetMistake(target, local)).toEqual(expect.any(String));
  });

  test('a listed address is allowed for its ports only', () => {
    const allowed = parseAllowedTargets(['10.0.0.0/8:443,8080-8090']);
    expect(targetMistake('http://10.1.2.3:8085/', allowed)).toBeUndefined();
    expect(targetMistake('https://10.1.2.3:8091/', allowed)).toContain('a private address');
    expect(targetMistake('http://receiver.example:8085/', allowed)).toBeUndefined();
    expect(targetMistake('http://receiver.example:8091/', allowed)).toContain('http targets');
  });

  test('a listed gateway does not lead to an address that is not listed', () => {
    const gateway = parseAllowedTargets(['64:ff9b::/96:443']);
    expect(targetMistake('https://[64:ff9b::8.8.8.8]/', gateway)).toBeUndefined();
    expect(targetMistake('https://[64:ff9b::10.0.0.1]/', gateway)).toContain('10.0.0.1');
    const both = parseAllowedTargets(['64:ff9b::/96:443', '10.0.0.0/8:443']);
    expect(targetMistake('https://[64:ff9b::10.0.0.1]/', both)).toBeUndefined();
  });

  test('a name that is taken is still judged by the address it has', () => {
    const url = new URL('http://receiver.example:22/');
    expect(addressMistake(url, '127.0.0.1', local)).toBeUndefined();
    expect(addressMistake(url, '10.0.0.1', local)).toContain(
      'receiver.example resolves to 10.0.0.1, a private address',
    );
    expect(addressMistake(url, '93.184.215.14', local)).toContain('http targets are refused');
    expect(addressMistake(new URL('https://a.example:22/'), '93.184.215.14', local)).toContain(
      'port 22 is refused',
    );
  });
});
