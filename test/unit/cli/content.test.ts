import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile } from './convos-answers.ts';
import { item } from './push-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sequitur-content-'));
});
afterEach(async () => {
  await api.stop();
  await rm(directory, { recursive: true });
});

async function answering(answer: ScriptedAnswer): Promise<string> {
  api = await startScriptedApi(() => answer);
  return api.url;
}

const asked = () => api.requests.map(({ method, url }) => `${method} ${url}`);

describe('content put', () => {
  const put = ['content', 'put', 'story:7'];
  const answer = { body: { ...item, changed: ['title', 'related'] } };

  test('sends fields and references, and tells what has changed', async () => {
    const url = await answering(answer);
    const words = [...put, '--fields', '{"title": "Noon"}', '--related', 'story:8', 'photo:1'];
    const { exitCode, stdout, stderr } = await run(words, { url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'story:7\t3\ttitle related\n',
      stderr: '',
    });
    expect(asked()).toEqual(['PUT /v1/content/story/7']);
    expect(api.requests[0]?.body).toEqual({
      fields: { title: 'Noon' },
      related: ['story:8', 'photo:1'],
    });
  });

  test('takes fields from a file and from standard input', async () => {
    const url = await answering(answer);
    const file = join(directory, 'story.json');
    await writeFile(file, '{"title": "Grüße"}');
    const json = await run([...put, '--fields', `@${file}`, '--json'], { url });
    expect(JSON.parse(json.stdout)).toEqual(answer.body);
    await run([...put, '--fields', '-'], { url, typed: '{"title": "Typed"}\n' });
    expect(api.requests.map(({ body }) => body)).toEqual([
      { fields: { title: 'Grüße' } },
      { fields: { title: 'Typed' } },
    ]);
  });

  test('says when nothing has changed', async () => {
    const url = await answering({ body: { ...item, changed: [] } });
    const { exitCode, stderr } = await run([...put, '--fields', '{}'], { url });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing has changed');
  });

  test('keeps the rest of an id together, colons and all', async () => {
    const url = await answering(answer);
    await run(['content', 'put', 'story:a:b@c', '--fields', '{}'], { url });
    expect(asked()).toEqual(['PUT /v1/content/story/a%3Ab%40c']);
  });

  test.each([
    [[]],
    [['--fields', '{']],
    [['--fields', '@nowhere.json']],
    [['--fields', '-']],
    [['--fields', '{}', '--related', '8']],
  ])('%j is wrong usage, and nothing is sent', async (options) => {
    const url = await answering(answer);
    expect((await run([...put, ...options], { url })).exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });

  test.each([['put', '--fields', '{}'], ['get'], ['delete', '--yes']])(
    '%s takes no id that a URL takes for a folder',
    async (command, ...options) => {
      const url = await answering(answer);
      for (const ref of ['story:.', 'story:..', 'story', 'story:a/b']) {
        expect((await run(['content', command, ref, ...options], { url })).exitCode).toBe(2);
      }
      expect(api.requests).toEqual([]);
    },
  );
});

test('content get tells each field and binary plainly', async () => {
  const fields = { title: hostile, state: 20, tags: ['a'] };
  const url = await answering({ body: { ...item, fields } });
  const { stdout } = await run(['content', 'get', 'story:7'], { url });
  expect(stdout.split('\n')).toEqual([
    'ref\tstory:7',
    'version\t3',
    'updated\t2026-11-21T10:30:00.000Z',
    'related\tstory:8 photo:1',
    `fields.title\t${harmless}`,
    'fields.state\t20',
    'fields.tags\t["a"]',
    'original\t5\tab12',
    '',
  ]);
  const json = await run(['content', 'get', 'story:7', '--json'], { url });
  expect(JSON.parse(json.stdout)).toEqual({ ...item, fields });
  expect(asked()[0]).toBe('GET /v1/content/story/7');
});

test('content list has a line for each item', async () => {
  const url = await answering({ body: { items: [item] } });
  const { stdout } = await run(['content', 'list', 'story', '--limit', '7'], { url });
  expect(stdout).toBe(
    'story:7\t3\t2026-11-21T10:30:00.000Z\toriginal\tstory:8 photo:1\t{"title":"Noon","state":20}\n',
  );
  expect(asked()).toEqual(['GET /v1/content/story?limit=7']);
  for (const type of ['..', 'Story', 'a/b']) {
    expect((await run(['content', 'list', type], { url })).exitCode).toBe(2);
  }
  expect(api.requests).toHaveLength(1);
});

describe('content delete', () => {
  const words = ['content', 'delete', 'story:7'];

  test.each(['y\n', 'Yes\n', '\n'])('the answer %j deletes nothing', async (typed) => {
    const url = await answering({ status: 204, body: '' });
    const { exitCode, stderr } = await run(words, { url, terminal: true, typed });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('This deletes story:7');
    expect(api.requests).toEqual([]);
  });

  test('without a terminal it refuses and names --yes', async () => {
    const url = await answering({ status: 204, body: '' });
    const { exitCode, stderr } = await run(words, { url, typed: 'yes\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(api.requests).toEqual([]);
  });

  test('the answer yes, or --yes, deletes', async () => {
    const url = await answering({ status: 204, body: '' });
    const asking = await run(words, { url, terminal: true, typed: 'yes\n' });
    expect(asking.exitCode).toBe(0);
    const { exitCode, stdout } = await run([...words, '--yes', '--json'], { url });
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { ref: 'story:7', deleted: true }]);
    expect(asked()).toEqual(['DELETE /v1/content/story/7', 'DELETE /v1/content/story/7']);
  });

  test('of what is not there ends with 1', async () => {
    const url = await answering(problem(404, 'There is no story:7.'));
    expect((await run([...words, '--yes'], { url })).exitCode).toBe(1);
  });
});
