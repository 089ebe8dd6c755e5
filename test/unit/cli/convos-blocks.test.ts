import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { problem, startScriptedApi, type ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const block = { ref: 'user:a|b', since: '2026-11-21T10:30:00.000Z' };
const line = `${block.ref}\t${block.since}\n`;

test('convos blocks lists them, page after page', async () => {
  api = await startScriptedApi((_, nth) => ({
    body: { items: [block], ...(nth % 2 === 1 && { nextCursor: 'c1' }) },
  }));
  const { exitCode, stdout } = await run(['convos', 'blocks', '--all'], { url: api.url });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: line + line });
  const json = await run(['convos', 'blocks', '--limit', '1', '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual({ items: [block], nextCursor: 'c1' });
  expect(api.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1/convos/blocks?limit=100',
    'GET /v1/convos/blocks?limit=100&cursor=c1',
    'GET /v1/convos/blocks?limit=1',
  ]);
});

test('convos blocks says when there are none', async () => {
  api = await startScriptedApi(() => ({ body: { items: [] } }));
  const { stdout, stderr } = await run(['convos', 'blocks'], { url: api.url });
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'You block nobody.\n' });
});

test.each([
  ['block', 'PUT'],
  ['blocked', 'GET'],
])('convos %s answers with the block', async (command, method) => {
  api = await startScriptedApi(() => ({ body: block }));
  const { exitCode, stdout } = await run(['convos', command, block.ref], { url: api.url });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: line });
  const json = await run(['convos', command, block.ref, '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual(block);
  expect(api.requests[0]).toMatchObject({
    method,
    url: '/v1/convos/blocks/user%3Aa%7Cb',
    body: undefined,
  });
});

test('convos blocked ends with 1 for whom the caller does not block', async () => {
  api = await startScriptedApi(() => problem(404, 'You do not block user:flo.'));
  const { exitCode, stdout, stderr } = await run(['convos', 'blocked', 'user:flo'], {
    url: api.url,
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('You do not block user:flo.');
});

test('convos unblock says so beside the output, JSON in it', async () => {
  api = await startScriptedApi(() => ({ status: 204 }));
  const words = ['convos', 'unblock', block.ref];
  const { exitCode, stdout, stderr } = await run(words, { url: api.url });
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'Not blocked by you any more: user:a|b\n',
  });
  const json = await run([...words, '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual({ ref: block.ref, blocked: false });
  expect(api.requests[0]).toMatchObject({
    method: 'DELETE',
    url: '/v1/convos/blocks/user%3Aa%7Cb',
  });
});

test('blocking oneself is refused by the API as wrong usage', async () => {
  const mistake = { path: 'path.ref', message: 'must be somebody else than you' };
  api = await startScriptedApi(() =>
    problem(400, 'path.ref: must be somebody else than you', [mistake]),
  );
  const { exitCode, stderr } = await run(['convos', 'block', 'user:amy'], { url: api.url });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('path.ref: must be somebody else than you');
});

describe('convos unread-count', () => {
  test('gives messages and threads', async () => {
    api = await startScriptedApi(() => ({ body: { count: 3, threads: 2 } }));
    const { exitCode, stdout } = await run(['convos', 'unread-count'], { url: api.url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '3\t2\n' });
    const json = await run(['convos', 'unread-count', '--json'], { url: api.url });
    expect(JSON.parse(json.stdout)).toEqual({ count: 3, threads: 2 });
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/v1/convos/unread-count' });
  });
});
