import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import {
  problem,
  startScriptedApi,
  type ScriptedAnswer,
  type ScriptedApi,
} from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const startedAt = '2026-11-21T10:30:00.000Z';
const running = (edges: number) => ({
  state: 'running',
  startedAt,
  removed: { edges, actions: 0, messages: 0 },
});
const done = {
  state: 'done',
  startedAt,
  finishedAt: '2026-11-21T10:31:00.000Z',
  removed: { edges: 9, actions: 4, messages: 1 },
};

/** Takes the erasure, then answers the questions after it in this order, the last one for ever. */
async function erasing(...looks: ScriptedAnswer[]): Promise<string> {
  let asked = 0;
  api = await startScriptedApi(({ method }) => {
    if (method === 'DELETE') return { status: 202, body: { state: 'running', startedAt } };
    asked += 1;
    return looks[Math.min(asked, looks.length) - 1] ?? { status: 404 };
  });
  return api.url;
}

const erase = ['resources', 'erase', 'user:thoas'];

describe('confirmation', () => {
  test('without a terminal it refuses, names --yes and sends nothing', async () => {
    const url = await erasing({ body: done });
    const { exitCode, stderr } = await run(erase, { url, typed: 'yes\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(api.requests).toEqual([]);
  });

  test.each(['y\n', 'Yes\n', 'yes \n', 'yes please\n', '\n', ''])(
    'the answer %j erases nothing',
    async (typed) => {
      const url = await erasing({ body: done });
      const { exitCode, stderr } = await run(erase, { url, terminal: true, typed });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Type yes to go on');
      expect(stderr).toContain('nothing done');
      expect(api.requests).toEqual([]);
    },
  );

  test('the exact answer yes erases', async () => {
    const url = await erasing({ body: done });
    const { exitCode, stderr } = await run(erase, { url, terminal: true, typed: 'yes\n' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('This erases user:thoas');
    expect(api.requests[0]).toMatchObject({ method: 'DELETE', url: '/v1/resources/user%3Athoas' });
  });
});

describe('waiting', () => {
  test('in a pipe it waits to the end without progress', async () => {
    const url = await erasing({ body: running(3) }, { body: running(6) }, { body: done });
    const { exitCode, stdout, stderr } = await run([...erase, '--yes'], { url });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toBe(`done\t9\t4\t1\t${startedAt}\t${done.finishedAt}\n`);
    expect(api.requests.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'DELETE /v1/resources/user%3Athoas',
      ...Array.from({ length: 3 }, () => 'GET /v1/resources/user%3Athoas/erasure'),
    ]);
  });

  test('on a terminal one line shows how far it is and leaves at the end', async () => {
    const url = await erasing({ body: running(3) }, { body: running(6) }, { body: done });
    const { stderr } = await run([...erase, '--yes'], { url, terminal: true });
    expect(stderr).toMatch(/3 edges.*6 edges/s);
    expect(stderr).not.toContain('\n');
    expect(stderr.endsWith('\r\u001B[K')).toBe(true);
  });

  test('--json prints the finished erasure alone', async () => {
    const url = await erasing({ body: running(3) }, { body: done });
    const { stdout } = await run([...erase, '--yes', '--json'], { url, terminal: true });
    expect(JSON.parse(stdout)).toEqual(done);
  });

  test('--no-wait asks nothing further', async () => {
    const url = await erasing({ body: running(3) });
    const { exitCode, stdout } = await run([...erase, '--yes', '--no-wait', '--json'], { url });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ state: 'running', startedAt });
    expect(api.requests).toHaveLength(1);
  });

  test('it asks at growing intervals of up to five seconds', async () => {
    const looks = Array.from({ length: 12 }, () => ({ body: running(1) }));
    const url = await erasing(...looks, { body: done });
    const pauses: number[] = [];
    await run([...erase, '--yes'], { url, onPause: (milliseconds) => pauses.push(milliseconds) });
    expect(pauses).toHaveLength(12);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses[0]).toBeLessThanOrEqual(500);
    expect(pauses.at(-1)).toBe(5_000);
  });

  test('a moment of trouble does not end the waiting', async () => {
    const trouble = problem(503, 'busy');
    const url = await erasing(trouble, trouble, { body: running(1) }, trouble, { body: done });
    const { exitCode } = await run([...erase, '--yes'], { url });
    expect(exitCode).toBe(0);
  });

  test('lasting trouble ends it with 1 and says that the erasure goes on', async () => {
    const url = await erasing(problem(500, 'broken'));
    const { exitCode, stdout, stderr } = await run([...erase, '--yes'], { url });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('The erasure goes on');
    expect(stderr).toContain('(500): broken');
    expect(api.requests).toHaveLength(6);
  });

  test('a token that ends meanwhile ends the waiting at once with 3', async () => {
    const url = await erasing({ body: running(1) }, { status: 401, body: {} });
    const { exitCode } = await run([...erase, '--yes'], { url });
    expect(exitCode).toBe(3);
    expect(api.requests).toHaveLength(3);
  });

  test('Ctrl-C while waiting ends with 130 and says that the erasure goes on', async () => {
    const url = await erasing({ body: running(1) });
    const { exitCode, stdout, stderr } = await run([...erase, '--yes'], {
      url,
      onPause: (_, interrupt) => interrupt(),
    });
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain('resources erasure user:thoas');
    expect(api.requests).toHaveLength(2);
  });
});

describe('resources erasure', () => {
  test('shows how far it is', async () => {
    const url = await erasing({ body: running(3) });
    const { stdout } = await run(['resources', 'erasure', 'user:thoas'], { url });
    expect(stdout).toBe(`running\t3\t0\t0\t${startedAt}\t\n`);
  });

  test('is refused with 1 for what was never erased', async () => {
    const url = await erasing(problem(404, 'user:thoas was never erased.'));
    const { exitCode, stderr } = await run(['resources', 'erasure', 'user:thoas'], { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('was never erased');
  });
});
