import { describe, expect, test } from '@jest/globals';
import { findConnection } from '../../../bin/cli/connection.ts';
import { Failure } from '../../../bin/cli/failure.ts';

const local = { url: 'http://127.0.0.1:4566/x', token: () => Promise.resolve('local') };

function find(environment: Record<string, string>, running = true) {
  return findConnection({
    environment,
    localConnection: () => Promise.resolve(running ? local : undefined),
  });
}

async function failure(environment: Record<string, string>, running = true): Promise<Failure> {
  const error: unknown = await find(environment, running).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

describe('where the command line connects to', () => {
  test('URL and token of the environment win over a running local stack', async () => {
    const connection = await find({
      SEQUITUR_URL: 'https://api.example.com/stage/',
      SEQUITUR_TOKEN: ' a.b.c\n',
    });
    expect(connection.url).toBe('https://api.example.com/stage');
    expect(await connection.token()).toBe('a.b.c');
  });

  test('without both, or with both empty, the local stack is used', async () => {
    expect(await find({})).toBe(local);
    expect(await find({ SEQUITUR_URL: '', SEQUITUR_TOKEN: '' })).toBe(local);
  });

  test('without both and without a local stack there is no connection, and a remedy', async () => {
    const { exitCode, message } = await failure({}, false);
    expect(exitCode).toBe(3);
    expect(message).toContain('npm start');
    expect(message).toContain('SEQUITUR_URL and SEQUITUR_TOKEN');
  });

  test('one without the other is wrong usage that says what to set', async () => {
    const noToken = await failure({ SEQUITUR_URL: 'https://api.example.com' });
    expect(noToken.exitCode).toBe(2);
    expect(noToken.message).toContain('Set SEQUITUR_TOKEN');
    const noUrl = await failure({ SEQUITUR_TOKEN: 'a.b.c' });
    expect(noUrl.exitCode).toBe(2);
    expect(noUrl.message).toContain('Set SEQUITUR_URL');
  });

  test.each(['api.example.com', 'ftp://x', 'https://u:p@x', 'https://x/?a=1', 'https://x/#a'])(
    'the address %s is wrong usage',
    async (url) => {
      const { exitCode } = await failure({ SEQUITUR_URL: url, SEQUITUR_TOKEN: 'a.b.c' });
      expect(exitCode).toBe(2);
    },
  );

  test('a token that no header can carry is wrong usage and is not repeated', async () => {
    const { exitCode, message } = await failure({
      SEQUITUR_URL: 'https://x',
      SEQUITUR_TOKEN: 'se cret',
    });
    expect(exitCode).toBe(2);
    expect(message).not.toContain('cret');
  });
});
