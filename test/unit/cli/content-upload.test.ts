import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { item } from './push-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

let directory: string;
let file: string;
let store: Server;
let storeUrl: string;
let serve: (request: IncomingMessage, response: ServerResponse) => unknown;
let api: ScriptedApi;

/** What the store was sent. */
interface Put {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
}
let puts: Put[];

const bytes = randomBytes(3_000_000);
const sha256 = (of: Uint8Array) => createHash('sha256').update(of).digest('hex');
const arrived = { name: 'original', size: bytes.length, sha256: sha256(bytes) };
const words = () => ['content', 'upload', 'photo:7', 'original', file];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sequitur-upload-'));
  file = join(directory, 'photo.jpg');
  await writeFile(file, bytes);
  puts = [];
  serve = async (request, response) => {
    const { method, url, headers } = request;
    puts.push({ method, url, headers, bytes: await buffer(request) });
    response.end();
  };
  store = createServer((request, response) => void serve(request, response));
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  storeUrl = `http://127.0.0.1:${String((store.address() as AddressInfo).port)}/key?signature=s`;
});
afterEach(async () => {
  store.closeAllConnections();
  store.close();
  await api.stop();
  await rm(directory, { recursive: true });
});

/** An item that has these binaries when it is looked at, the last for ever. */
async function having(...looks: object[][]): Promise<string> {
  let asked = 0;
  api = await startScriptedApi(({ method }) => {
    if (method === 'POST') return { body: { uploadUrl: storeUrl, expiresAt: item.updatedAt } };
    asked += 1;
    return { body: { ...item, binaries: looks[Math.min(asked, looks.length) - 1] } };
  });
  return api.url;
}

const asked = () => api.requests.map(({ method, url }) => `${method} ${url}`);

describe('content upload', () => {
  test('sends the file byte for byte, and waits until the item has it', async () => {
    const before = { ...arrived, sha256: 'another' };
    const url = await having([], [before], [before, arrived]);
    const { exitCode, stdout, stderr } = await run(words(), { url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `original\t3000000\t${arrived.sha256}\n`,
      stderr: '',
    });
    const look = 'GET /v1/content/photo/7';
    expect(asked()).toEqual(['POST /v1/content/photo/7/binaries/original', look, look, look]);
    expect(puts).toHaveLength(1);
    expect(puts[0]).toMatchObject({ method: 'PUT', url: '/key?signature=s' });
    expect(puts[0]?.bytes.equals(bytes)).toBe(true);
  });

  test('promises the length, and gives the store no token', async () => {
    await run([...words(), '--no-wait'], { url: await having([]) });
    const { headers = {} } = puts[0] ?? {};
    expect(headers['content-length']).toBe('3000000');
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('content-type');
  });

  test('--no-wait asks nothing further', async () => {
    const url = await having([]);
    const { exitCode, stdout } = await run([...words(), '--no-wait', '--json'], { url });
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, arrived]);
    expect(api.requests).toHaveLength(1);
  });

  test('shows on a terminal how far it is', async () => {
    const url = await having([], [arrived]);
    const { stderr } = await run(words(), { url, terminal: true });
    expect(stderr).toContain('100 % of 3000000 bytes');
    expect(stderr).toContain('Waiting until photo:7 has it');
    expect(stderr.endsWith('\r\u001B[K')).toBe(true);
  });

  test('takes an empty file', async () => {
    await writeFile(file, '');
    const empty = { name: 'original', size: 0, sha256: sha256(Buffer.alloc(0)) };
    const { exitCode } = await run(words(), { url: await having([empty]) });
    expect(exitCode).toBe(0);
    expect(puts[0]?.headers['content-length']).toBe('0');
  });

  test('ends with 1 when the file never arrives, after minutes', async () => {
    let waited = 0;
    const { exitCode, stderr } = await run(words(), {
      url: await having([]),
      onPause: (milliseconds) => (waited += milliseconds),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npx sequitur content get photo:7');
    expect(waited).toBeGreaterThanOrEqual(600_000);
    expect(waited).toBeLessThan(700_000);
  });
});

describe('what cannot be uploaded', () => {
  test('is wrong usage, and nothing is sent', async () => {
    const url = await having([]);
    for (const [ref, name, path] of [
      ['photo:7', 'original', join(directory, 'nowhere.jpg')],
      ['photo:7', 'original', directory],
      ['photo', 'original', file],
      ['photo:..', 'original', file],
      ['photo:7', '..', file],
    ] as const) {
      expect((await run(['content', 'upload', ref, name, path], { url })).exitCode).toBe(2);
    }
    expect(api.requests).toEqual([]);
    expect(puts).toEqual([]);
  });

  test('by the API’s word is not sent to the store', async () => {
    api = await startScriptedApi(() => problem(400, 'path.name: is no binary of a photo'));
    const { exitCode, stderr } = await run(words(), { url: api.url });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is no binary');
    expect(puts).toEqual([]);
  });
});

describe('a store', () => {
  test('that refuses is quoted: it ends with 1', async () => {
    serve = async (request, response) => {
      await buffer(request);
      response.writeHead(403).end('<Error><Message>Request has\u001B expired</Message></Error>');
    };
    const { exitCode, stderr } = await run(words(), { url: await having([]) });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('The store refused the file (403): Request has\\u001b expired\n');
    expect(api.requests).toHaveLength(1);
  });

  test('that breaks off ends it with 3', async () => {
    serve = (request) => request.once('data', () => request.socket.destroy());
    const { exitCode, stderr } = await run(words(), { url: await having([]) });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('The file could not be uploaded');
  });

  test('that is not there ends it with 3', async () => {
    const url = await having([]);
    store.close();
    await once(store, 'close');
    expect((await run(words(), { url })).exitCode).toBe(3);
    store = createServer().listen(0, '127.0.0.1');
  });

  test('that does not answer is left at Ctrl-C', async () => {
    const interruption = new AbortController();
    serve = (request) => request.once('data', () => interruption.abort(130));
    const { exitCode, stderr } = await run(words(), { url: await having([]), interruption });
    expect([exitCode, stderr]).toEqual([130, 'Interrupted.\n']);
  });
});
