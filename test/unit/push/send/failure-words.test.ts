import { describe, expect, test } from '@jest/globals';
import { inWords } from '../../../../lambdas/push/send/failure-words.ts';
import { PermanentError } from '../../../../lambdas/shared/errors.ts';

const url = new URL('sftp://files.example.org:2222/in');

function coded(code: string, message = 'raw'): Error {
  return Object.assign(new Error(message), { code });
}

describe('what went wrong with a server', () => {
  test.each([
    [coded('ECONNREFUSED'), 'files.example.org:2222: connection refused'],
    [coded('ENOTFOUND'), 'files.example.org:2222: no such host'],
    [
      new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')], 'all failed'),
      'files.example.org:2222: connection refused',
    ],
    [
      new Error('wrapped', { cause: coded('ECONNRESET') }),
      'files.example.org:2222: the connection was reset',
    ],
    [new Error('odd'), 'files.example.org:2222: odd'],
  ])('%s is told in plain words, with the host, and may be tried again', (error, message) => {
    const told = inWords(url, error);
    expect(told.message).toBe(message);
    expect(told).not.toBeInstanceOf(PermanentError);
  });

  test('a certificate that is not trusted is refused for good', () => {
    const told = inWords(url, coded('DEPTH_ZERO_SELF_SIGNED_CERT'));
    expect(told).toBeInstanceOf(PermanentError);
    expect(told.message).toBe(
      'files.example.org:2222: its certificate is not trusted: it is signed by itself',
    );
  });

  test('what was told already is not told twice', () => {
    const told = inWords(url, coded('EPIPE'));
    expect(inWords(url, told)).toBe(told);
  });
});
