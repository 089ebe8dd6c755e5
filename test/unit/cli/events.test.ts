import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile } from './convos-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sequitur-events-'));
});
afterEach(async () => {
  await api.stop();
  await rm(directory, { recursive: true });
});

const send = ['events', 'send', 'order.paid'];

describe('events send', () => {
  beforeEach(async () => {
    api = await startScriptedApi(() => ({ status: 202, body: { id: 'order-7' } }));
  });

  test('sends type, data, audience and id, and tells the id', async () => {
    const more = ['--audience', 'user:amy', 'user:flo', '--id', 'order-7'];
    const words = [...send, '--data', '{"number": 7}', ...more];
    const { exitCode, stdout, stderr } = await run(words, { url: api.url });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'order-7\n', stderr: '' });
    expect(api.requests).toMatchObject([{ method: 'POST', url: '/v1/events' }]);
    expect(api.requests[0]?.body).toEqual({
      type: 'order.paid',
      data: { number: 7 },
      audience: ['user:amy', 'user:flo'],
      id: 'order-7',
    });
    const json = await run([...send, '--data', '7', '--json'], { url: api.url });
    expect(JSON.parse(json.stdout)).toEqual({ id: 'order-7' });
  });

  test('takes data from a file and from standard input', async () => {
    const file = join(directory, 'data.json');
    await writeFile(file, '["Grüße"]');
    await run([...send, '--data', `@${file}`], { url: api.url });
    await run([...send, '--data', '-'], { url: api.url, typed: '{"a": [1]}\n' });
    expect(api.requests.map(({ body }) => body)).toEqual([
      { type: 'order.paid', data: ['Grüße'] },
      { type: 'order.paid', data: { a: [1] } },
    ]);
  });

  test.each([
    ['no data', []],
    ['no JSON', ['--data', '{']],
    ['no file', ['--data', '@nowhere.json']],
    ['an empty input', ['--data', '-']],
    ['an audience that cannot be', ['--data', '1', '--audience', 'amy']],
  ])('%s is wrong usage, and nothing is sent', async (_, options) => {
    expect((await run([...send, ...options], { url: api.url })).exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });

  test('does not wait for what is typed, nor take bytes that are no text', async () => {
    const words = [...send, '--data', '-'];
    expect((await run(words, { url: api.url, terminal: true })).exitCode).toBe(2);
    expect((await run(words, { url: api.url, typed: Buffer.from([0xff]) })).exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });
});

test('an undeclared type is told as the API tells it: it ends with 2', async () => {
  api = await startScriptedApi(() => problem(400, 'body.type: is not a declared event type'));
  const { exitCode, stderr } = await run([...send, '--data', '1'], { url: api.url });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('is not a declared event type');
});

test('events types come as lines, harmless, and whole as JSON', async () => {
  const type = { type: 'order.paid', description: hostile, schema: {}, example: { number: 7 } };
  api = await startScriptedApi(() => ({ body: { items: [type] } }));
  const { stdout } = await run(['events', 'types'], { url: api.url });
  expect(stdout).toBe(`order.paid\t${harmless}\n`);
  const json = await run(['events', 'types', '--all', '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual({ items: [type] });
});

test('events types come from all pages, or from the one that is asked for', async () => {
  const types = ['order.paid', 'order.sent'].map((type) => ({ type, description: 'x' }));
  api = await startScriptedApi(({ url }) =>
    url.includes('cursor=c')
      ? { body: { items: types.slice(1) } }
      : { body: { items: types.slice(0, 1), nextCursor: 'c' } },
  );
  const all = await run(['events', 'types'], { url: api.url });
  expect(all.stdout).toBe('order.paid\tx\norder.sent\tx\n');
  const page = await run(['events', 'types', '--limit', '1'], { url: api.url });
  expect(page.stdout).toBe('order.paid\tx\n');
  const next = await run(['events', 'types', '--cursor', 'c'], { url: api.url });
  expect(next.stdout).toBe('order.sent\tx\n');
});
