import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { message, threadId } from './convos-answers.ts';
import { startScriptedApi, type ScriptedApi } from './scripted-api.ts';

const root = resolve(import.meta.dirname, '../../..');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: { sequitur: string };
};
const program = join(root, bin.sequitur);

const counts = ['follows', 'counts', 'user:thoas', '--json'];
const noCounts = { followers: 0, followings: 0, friends: 0 };
const answer = { ...noCounts, followersByType: {}, followingsByType: {}, friendsByType: {} };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sequitur-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The environment of the real process, with a local folder of its own. */
function environment(more: Record<string, string>): Record<string, string | undefined> {
  const { SEQUITUR_URL: _url, SEQUITUR_TOKEN: _token, ...rest } = process.env;
  return { ...rest, SEQUITUR_LOCAL_DIR: directory, ...more };
}

const reply = ['convos', 'reply', threadId];

function toApi({ url }: ScriptedApi) {
  return environment({ SEQUITUR_URL: url, SEQUITUR_TOKEN: 'a.b.c' });
}

function runProcess(words: string[], more: Record<string, string> = {}) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((settle) => {
    const options = { env: environment(more), cwd: directory };
    const child = execFile(process.execPath, [program, ...words], options, (_, stdout, stderr) =>
      settle({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the program that package.json names', () => {
  let api: ScriptedApi | undefined;
  afterEach(async () => {
    await api?.stop();
    api = undefined;
  });

  test('prints JSON alone on stdout', async () => {
    api = await startScriptedApi(() => ({ body: answer }));
    const more = { SEQUITUR_URL: api.url, SEQUITUR_TOKEN: 'a.b.c' };
    const { exitCode, stdout, stderr } = await runProcess(counts, more);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  test('ends with 3 where nothing listens', async () => {
    const url = `http://127.0.0.1:${String(await freePort())}`;
    const { exitCode, stdout, stderr } = await runProcess(counts, {
      SEQUITUR_URL: url,
      SEQUITUR_TOKEN: 'a.b.c',
    });
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toBe(`No connection to ${url}: nothing listens there (connection refused).\n`);
  });

  test('ends with 3 without a local stack, and with one that cannot be read', async () => {
    const none = await runProcess(counts);
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain('npm start');
    await writeFile(join(directory, 'stack.json'), '{"apiUrl": ');
    const damaged = await runProcess(counts);
    expect(damaged.exitCode).toBe(3);
    expect(damaged.stderr).toContain('npm start');
    expect(damaged.stderr).not.toContain('    at ');
  });

  test('refuses to erase without a terminal', async () => {
    const { exitCode, stderr } = await runProcess(['resources', 'erase', 'user:thoas']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
  });

  test('sends what a pipe brings in pieces, each time under another key', async () => {
    api = await startScriptedApi(() => ({ status: 201, body: message }));
    for (let time = 0; time < 2; time += 1) {
      const child = spawn(process.execPath, [program, ...reply], { env: toApi(api) });
      child.stdin.write(Buffer.from('Grüße').subarray(0, 3));
      // oxlint-disable-next-line no-await-in-loop -- the second piece comes later
      await sleep(20);
      child.stdin.end(Buffer.from('Grüße').subarray(3));
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await once(child, 'close')).toEqual([0, null]);
    }
    expect(api.requests.map(({ body }) => body)).toEqual([{ body: 'Grüße' }, { body: 'Grüße' }]);
    const keys = api.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    expect(keys[1]).not.toBe(keys[0]);
  });

  test('stops taking from a pipe that never ends', async () => {
    api = await startScriptedApi(() => ({ status: 201, body: message }));
    const child = spawn(process.execPath, [program, ...reply], { env: toApi(api) });
    child.stdin.on('error', () => undefined);
    const flood = setInterval(() => child.stdin.write('y\n'.repeat(50_000)), 1);
    const [exitCode] = (await once(child, 'close')) as [number | null];
    clearInterval(flood);
    expect(exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s while waiting ends it with %d and leaves the erasure to go on',
    async (signal, expected) => {
      const startedAt = '2026-11-21T10:30:00.000Z';
      const removed = { edges: 1, actions: 0, messages: 0 };
      api = await startScriptedApi(({ method }, nth) => {
        if (nth === 3) child.kill(signal);
        return method === 'DELETE'
          ? { status: 202, body: { state: 'running', startedAt } }
          : { body: { state: 'running', startedAt, removed } };
      });
      const child = spawn(
        process.execPath,
        [program, 'resources', 'erase', 'user:thoas', '--yes'],
        {
          env: environment({ SEQUITUR_URL: api.url, SEQUITUR_TOKEN: 'a.b.c' }),
        },
      );
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [exitCode] = (await once(child, 'close')) as [number | null];
      expect(exitCode).toBe(expected);
      expect(stderr).toContain('The erasure goes on');
      expect(api.requests.map(({ method }) => method)).toEqual(['DELETE', 'GET', 'GET']);
    },
  );
});
