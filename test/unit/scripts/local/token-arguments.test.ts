import { describe, expect, test } from '@jest/globals';
import { parseTokenArguments } from '../../../../scripts/local/token-arguments.ts';

describe('the arguments of npm run token', () => {
  test('are a sub, and admin rights and a life when asked for', () => {
    expect(parseTokenArguments(['thoas'])).toEqual({ sub: 'thoas', admin: false });
    expect(parseTokenArguments(['--admin', 'auth0|7', '--ttl', '60'])).toEqual({
      sub: 'auth0|7',
      admin: true,
      ttlSeconds: 60,
    });
  });

  test.each([
    [[]],
    [['']],
    [['thoas', 'flo']],
    [['thoas', '--ttl', '0']],
    [['thoas', '--ttl', '1.5']],
    [['thoas', '--ttl', '86401']],
    [['thoas', '--root']],
  ])('%j is refused with the usage', (args) => {
    expect(() => parseTokenArguments(args)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('npm run -s token') }),
    );
  });
});
