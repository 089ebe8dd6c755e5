import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile } from './convos-answers.ts';
import { doneRun, run as aRun, runId } from './push-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

/** Takes a run, then answers the questions after it in this order, the last one for ever. */
async function running(...looks: object[]): Promise<string> {
  let asked = 0;
  api = await startScriptedApi(({ method }) => {
    if (method === 'POST') return { status: 202, body: { runId } };
    asked += 1;
    const look = looks[Math.min(asked, looks.length) - 1] ?? {};
    return isProblem(look) ? look : { body: look };
  });
  return api.url;
}

function isProblem(look: object): look is ScriptedAnswer {
  return 'status' in look;
}

const asked = () => api.requests.map(({ method, url }) => `${method} ${url}`);
const mass = ['push', 'mass', 'weekly-digest', '2026-11-16'];
const massDone = { ...doneRun, kind: 'mass', rule: 'weekly-digest' };

describe('push run', () => {
  test('waits to the end, without progress in a pipe, and tells the counts', async () => {
    const url = await running(aRun, aRun, doneRun);
    const { exitCode, stdout, stderr } = await run(['push', 'run'], { url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'Selected: 3. Pushed: 3. Failed: 0.\n',
      stderr: '',
    });
    const look = `GET /v1/push/runs/${runId}`;
    expect(asked()).toEqual(['POST /v1/push/run', look, look, look]);
    expect(api.requests[0]?.body).toEqual({});
  });

  test('tells on a terminal how far it is', async () => {
    const url = await running(aRun, doneRun);
    const { exitCode, stderr } = await run(['push', 'run'], { url, terminal: true });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Selected: 3. Pushed: 1. Failed: 0. (0 s)');
  });

  test('ends with 1 when a row failed, and says where to look', async () => {
    const counts = { selected: 3, pushed: 2, failed: 1 };
    const url = await running({ ...doneRun, counts });
    const { exitCode, stdout, stderr } = await run(['push', 'run'], { url });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('Selected: 3. Pushed: 2. Failed: 1.\n');
    expect(stderr).toContain('npx sequitur push items --status failed');
  });

  test('ends with 1 when the run itself failed, and gives its messages', async () => {
    const counts = { selected: 0, pushed: 0, failed: 0 };
    const failed = { ...doneRun, state: 'failed', counts, messages: [hostile] };
    const url = await running(failed);
    const { exitCode, stderr } = await run(['push', 'run'], { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${harmless}\n`);
    const json = await run(['push', 'run', '--json'], { url });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual(failed);
  });

  test('--no-wait tells the run and asks nothing further', async () => {
    const url = await running(aRun);
    const words = ['push', 'run', '--rule', 'partner-stories', '--no-wait'];
    expect(await run(words, { url })).toEqual({ exitCode: 0, stdout: `${runId}\n`, stderr: '' });
    const json = await run([...words, '--json', '--idempotency-key', 'k'], { url });
    expect(JSON.parse(json.stdout)).toEqual({ runId });
    expect(asked()).toEqual(['POST /v1/push/run', 'POST /v1/push/run']);
    expect(api.requests.map(({ body }) => body)).toEqual([
      { rule: 'partner-stories' },
      { rule: 'partner-stories' },
    ]);
    expect(api.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'random-key',
      'k',
    ]);
  });

  test('a moment of trouble while it is waited for changes nothing', async () => {
    const url = await running(problem(503, 'busy'), aRun, problem(503, 'busy'), doneRun);
    expect((await run(['push', 'run'], { url })).exitCode).toBe(0);
  });

  test('interrupted, it leaves the run to go on and says how to see it', async () => {
    const url = await running(aRun);
    const { exitCode, stderr } = await run(['push', 'run'], {
      url,
      onPause: (_milliseconds, interrupt) => interrupt(),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`npx sequitur push show-run ${runId}`);
  });

  test('a lost answer names the key to try again with', async () => {
    api = await startScriptedApi(() => ({ cut: true }));
    const { exitCode, stderr } = await run(['push', 'run'], { url: api.url });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('--idempotency-key random-key');
  });
});

describe('push mass', () => {
  test('sends its arguments in order and ends as carrier-pigeon did', async () => {
    const url = await running({ ...massDone, state: 'running' }, massDone);
    const words = [...mass, 'with spaces', '--', '--all'];
    const { exitCode, stdout, stderr } = await run(words, { url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'Job ran correctly\n',
      stderr: '',
    });
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/push/rules/weekly-digest/mass',
      body: { args: ['2026-11-16', 'with spaces', '--all'] },
    });
  });

  test('says when there is nothing to push, and ends with 0', async () => {
    const counts = { selected: 0, pushed: 0, failed: 0 };
    const url = await running({ ...massDone, counts, messages: ['Nothing to push'] });
    const { exitCode, stdout, stderr } = await run(mass, { url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'Nothing to push\n',
      stderr: '',
    });
  });

  test.each([
    ['failed', { selected: 3, pushed: 1, failed: 1 }],
    ['failed', { selected: 0, pushed: 0, failed: 0 }],
    ['done', { selected: 3, pushed: 1, failed: 1 }],
  ])('ends with 1 and the messages when it is %s with %j', async (state, counts) => {
    const messages = [
      "[2026-11-21T10:30:00.000Z] 'digest.zip': push SUCCESS",
      `'digest.zip': push ERROR: ${hostile}`,
    ];
    const failed = { ...massDone, state, counts, messages };
    const url = await running(failed);
    const { exitCode, stdout, stderr } = await run(mass, { url });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${messages[0] ?? ''}\n'digest.zip': push ERROR: ${harmless}\n`);
    const json = await run([...mass, '--json'], { url });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual(failed);
  });

  test('--no-wait tells the run', async () => {
    const url = await running(massDone);
    expect((await run([...mass, '--no-wait'], { url })).stdout).toBe(`${runId}\n`);
    expect(api.requests).toHaveLength(1);
  });

  test('of an unknown rule ends with what the API says of those that exist', async () => {
    api = await startScriptedApi(() => problem(404, 'There is no rule "x"; there are: digest.'));
    const { exitCode, stdout, stderr } = await run(['push', 'mass', 'x'], { url: api.url });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('there are: digest');
  });
});

describe('push runs and show-run', () => {
  const line = [runId, 'done', 'push', '3', '3', '0', aRun.startedAt, doneRun.finishedAt, ''];

  test('list runs', async () => {
    api = await startScriptedApi(() => ({ body: { items: [doneRun] } }));
    const { stdout } = await run(['push', 'runs', '--limit', '7'], { url: api.url });
    expect(stdout).toBe(`${line.join('\t')}\n`);
    const json = await run(['push', 'runs', '--json'], { url: api.url });
    expect(JSON.parse(json.stdout)).toEqual({ items: [doneRun] });
    expect(asked()).toEqual(['GET /v1/push/runs?limit=7', 'GET /v1/push/runs']);
  });

  test('show one with its messages', async () => {
    const failed = { ...doneRun, messages: ['one', hostile] };
    api = await startScriptedApi(() => ({ body: failed }));
    const words = ['push', 'show-run', runId];
    const { stdout } = await run(words, { url: api.url });
    expect(stdout).toBe(`${[...line, `one\\n${harmless}`].join('\t')}\n`);
    const terminal = await run(words, { url: api.url, terminal: true });
    expect(terminal.stdout).toContain('    one\n');
    expect(asked()[0]).toBe(`GET /v1/push/runs/${runId}`);
  });
});
