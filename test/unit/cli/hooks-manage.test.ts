import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile } from './convos-answers.ts';
import { delivery, deliveryId, hook, hookId, hookLine } from './hooks-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

async function answering(answer: ScriptedAnswer = { body: hook }) {
  api = await startScriptedApi(() => answer);
  return api.url;
}

describe('hooks list and show', () => {
  test('a pipe gets a line for each endpoint, JSON is the answer', async () => {
    const url = await answering({ body: { items: [hook] } });
    const { exitCode, stdout, stderr } = await run(['hooks', 'list'], { url });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: hookLine, stderr: '' });
    const json = await run(['hooks', 'list', '--limit', '7', '--json'], { url });
    expect(JSON.parse(json.stdout)).toEqual({ items: [hook] });
    expect(api.requests.map((request) => request.url)).toEqual(['/v1/hooks', '/v1/hooks?limit=7']);
  });

  test.each([
    [{ enabled: false, disabledReason: 'gone' }, 'disabled (gone)'],
    [{ delivery: { mode: 'each', ordered: true } }, 'ordered'],
    [{ delivery: { mode: 'batch', size: 7, time: 2 } }, 'batch of 7 or after 2 s'],
    [{ delivery: { mode: 'batch', time: 2 } }, 'batch after 2 s'],
    [{ target: hostile }, harmless],
    [{ description: hostile }, harmless],
    [{ owner: null }, 'the whole installation'],
    [{ retry: { retries: 3, retryInterval: 60 } }, '3, every 60 s'],
    [{ retry: { schedule: [5, 300] } }, 'after 5, 300 s'],
    [{ delivery: { mode: 'batch', size: 7 } }, 'none (default)'],
    [{ rateLimit: { perSecond: 0.5 } }, '0.5 a second'],
  ])('show tells it plainly: %j', async (more, said) => {
    const url = await answering({ body: { ...hook, ...more } });
    const { stdout } = await run(['hooks', 'show', hookId], { url });
    expect(stdout.trimEnd().split(/[\t\n]/)).toContain(said);
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: `/v1/hooks/${hookId}` });
  });

  test('show has a line for each setting', async () => {
    const url = await answering();
    const { stdout } = await run(['hooks', 'show', hookId], { url });
    expect(stdout).toBe(
      [
        ['id', hookId],
        ['target', hook.target],
        ['events', 'follow.* message.sent'],
        ['description', ''],
        ['state', 'enabled'],
        ['owner', 'user:amy'],
        ['delivery', 'each'],
        ['retries', 'default'],
        ['on exhausted', 'keep'],
        ['rate limit', 'none'],
        ['created', hook.createdAt],
      ]
        .map((line) => `${line.join('\t')}\n`)
        .join(''),
    );
  });

  test.each(['', '7', '../hooks', `${hookId}x`])('%j is no id: wrong usage', async (id) => {
    const url = await answering();
    const { exitCode } = await run(['hooks', 'show', id], { url });
    expect(exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });
});

describe('hooks create', () => {
  const created = { status: 201, body: { ...hook, secret: 'whsec_abc' } };
  const create = ['hooks', 'create', hook.target];

  test('sends what was said and nothing else, and shows the secret', async () => {
    const url = await answering(created);
    const words = [...create, '--event', 'follow.*', '--event', 'message.sent'];
    const { exitCode, stdout, stderr } = await run(words, { url });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: hookLine.replace('\n', '\twhsec_abc\n'),
    });
    expect(stderr).toContain('not shown again');
    expect(api.requests).toMatchObject([{ method: 'POST', url: '/v1/hooks' }]);
    expect(api.requests[0]?.body).toEqual({ target: hook.target, events: hook.events });
  });

  test.each<[string[], object]>([
    [['--batch-size', '7', '--batch-time', '2'], { delivery: { mode: 'batch', size: 7, time: 2 } }],
    [['--ordered'], { delivery: { mode: 'each', ordered: true } }],
    [['--retries', '0', '--retry-interval', '1'], { retry: { retries: 0, retryInterval: 1 } }],
    [['--schedule', '5,300'], { retry: { schedule: [5, 300] } }],
    [['--on-exhausted', 'discard'], { onExhausted: 'discard' }],
    [['--per-second', '0.5'], { rateLimit: { perSecond: 0.5 } }],
    [['--owner', 'user:flo', '--description', 'x'], { owner: 'user:flo', description: 'x' }],
  ])('%j go into the body', async (options, expected) => {
    const url = await answering(created);
    const words = [...create, '--event', '*', ...options, '--idempotency-key', 'k', '--json'];
    const { stdout } = await run(words, { url });
    expect(JSON.parse(stdout)).toEqual(created.body);
    const [request] = api.requests;
    expect(request?.body).toEqual({ target: hook.target, events: ['*'], ...expected });
    expect(request?.headers['idempotency-key']).toBe('k');
  });

  test.each([
    [[]],
    [['--event', '*', '--ordered', '--batch-size', '7']],
    [['--event', '*', '--retries', '3']],
    [['--event', '*', '--schedule', '5', '--retries', '3', '--retry-interval', '1']],
    [['--event', '*', '--schedule', '5,x']],
    [['--event', '*', '--per-second', '0']],
    [['--event', '*', '--on-exhausted', 'maybe']],
  ])('%j are wrong usage, nothing is sent', async (options) => {
    const url = await answering(created);
    expect((await run([...create, ...options], { url })).exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });
});

test('hooks update, enable and disable change what is named and nothing else', async () => {
  const url = await answering();
  const words = ['hooks', 'update', hookId, '--target', 'https://example.org/new', '--each'];
  expect(await run(words, { url })).toMatchObject({ exitCode: 0, stdout: hookLine });
  await run(['hooks', 'disable', hookId], { url });
  const { stdout } = await run(['hooks', 'enable', hookId, '--json'], { url });
  expect(JSON.parse(stdout)).toEqual(hook);
  expect(api.requests.map(({ method, body }) => [method, body])).toEqual([
    ['PATCH', { target: 'https://example.org/new', delivery: { mode: 'each', ordered: false } }],
    ['PATCH', { enabled: false }],
    ['PATCH', { enabled: true }],
  ]);
});

test('hooks update takes settings away, but not together with new ones', async () => {
  const url = await answering();
  const update = ['hooks', 'update', hookId];
  const resets = ['--no-description', '--default-retries', '--no-rate-limit'];
  expect((await run([...update, ...resets], { url })).exitCode).toBe(0);
  await run([...update, '--description', 'new'], { url });
  for (const options of [
    ['--default-retries', '--schedule', '5'],
    ['--default-retries', '--retries', '0', '--retry-interval', '1'],
    ['--no-rate-limit', '--per-second', '2'],
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one command at a time
    expect((await run([...update, ...options], { url })).exitCode).toBe(2);
  }
  expect(api.requests.map(({ body }) => body)).toEqual([
    { description: null, retry: null, rateLimit: null },
    { description: 'new' },
  ]);
});

describe('hooks delete', () => {
  test('asks, and takes yes only; without a terminal it names --yes', async () => {
    const url = await answering({ status: 204 });
    const words = ['hooks', 'delete', hookId];
    expect(await run(words, { url, typed: 'yes\n' })).toMatchObject({ exitCode: 2 });
    const no = await run(words, { url, terminal: true, typed: 'y\n' });
    expect(no.exitCode).toBe(1);
    expect(api.requests).toEqual([]);
    const yes = await run(words, { url, terminal: true, typed: 'yes\n' });
    expect(yes).toMatchObject({ exitCode: 0 });
    const json = await run([...words, '--yes', '--json'], { url });
    expect(JSON.parse(json.stdout)).toEqual({ id: hookId, deleted: true });
    expect(api.requests).toMatchObject([
      { method: 'DELETE', url: `/v1/hooks/${hookId}` },
      { method: 'DELETE' },
    ]);
  });
});

test('hooks rotate-secret shows the new secret; its overlap is the API’s unless named', async () => {
  const url = await answering({ body: { secret: 'whsec_new' } });
  const words = ['hooks', 'rotate-secret', hookId];
  const { exitCode, stdout } = await run(words, { url });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'whsec_new\n' });
  const json = await run([...words, '--overlap', '0', '--json'], { url });
  expect(JSON.parse(json.stdout)).toEqual({ secret: 'whsec_new' });
  expect(api.requests.map(({ body }) => body)).toEqual([undefined, { overlapSeconds: 0 }]);
});

test('hooks ping that does not wait tells the event’s id; of a disabled endpoint it ends with 1', async () => {
  const url = await answering({ status: 202, body: { id: 'evt_9' } });
  expect(await run(['hooks', 'ping', hookId, '--no-wait'], { url })).toMatchObject({
    exitCode: 0,
    stdout: 'evt_9\n',
  });
  await api.stop();
  const disabled = await answering(problem(409, 'The endpoint is disabled.'));
  expect((await run(['hooks', 'ping', hookId], { url: disabled })).exitCode).toBe(1);
});

describe('hooks deliveries and delivery', () => {
  const line = `${deliveryId}\tfailed\t8\tmessage.sent\t2026-11-21T10:32:00.000Z\t\tHTTP 500\n`;

  test('deliveries come as lines, by status and all of them', async () => {
    api = await startScriptedApi((_, nth) => ({
      body: { items: nth === 1 ? [] : [delivery], ...(nth === 1 && { nextCursor: 'c' }) },
    }));
    const words = ['hooks', 'deliveries', hookId, '--status', 'failed', '--all'];
    const { exitCode, stdout } = await run(words, { url: api.url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: line });
    expect(api.requests.map(({ url }) => url)).toEqual([
      `/v1/hooks/${hookId}/deliveries?status=failed&limit=100`,
      `/v1/hooks/${hookId}/deliveries?status=failed&limit=100&cursor=c`,
    ]);
    const wrong = await run([...words.slice(0, 3), '--status', 'stored'], { url: api.url });
    expect(wrong.exitCode).toBe(2);
  });

  test('a delivery comes with its attempts; what receivers say is harmless', async () => {
    const error = { kind: 'tls', message: hostile };
    const bad = { ...delivery, attempts: [{ ...delivery.attempts[0], error }] };
    const url = await answering({ body: bad });
    const { stdout } = await run(['hooks', 'delivery', deliveryId], { url });
    expect(stdout).toBe(
      `${deliveryId}\tfailed\t8\tmessage.sent\t2026-11-21T10:31:00.000Z\t\ttls: ${harmless}\n` +
        `2026-11-21T10:31:00.000Z\t15000\ttls: ${harmless}\n`,
    );
    const json = await run(['hooks', 'delivery', deliveryId, '--json'], { url });
    expect(JSON.parse(json.stdout)).toEqual(bad);
  });
});

test('hooks replay goes on until all is done, up to where the end was at its beginning', async () => {
  api = await startScriptedApi((_, nth) => ({
    status: 202,
    body:
      nth === 1
        ? { accepted: 1000, more: true, nextSince: '2026-11-21T11:00:00.000Z' }
        : { accepted: 7, more: false },
  }));
  const words = ['hooks', 'replay', hookId, '--since', '2026-11-21T11:00:00+01:00'];
  const { exitCode, stderr } = await run([...words, '--only-failed', '--no-wait'], {
    url: api.url,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'On their way: 1007\n' });
  const until = '1970-01-01T00:00:00.000Z';
  expect(api.requests.map(({ body }) => body)).toEqual([
    { since: '2026-11-21T10:00:00.000Z', until, onlyFailed: true },
    { since: '2026-11-21T11:00:00.000Z', until, onlyFailed: true },
  ]);
  const wrong = ['hooks', 'replay', hookId, '--since', 'yesterday'];
  expect((await run(wrong, { url: api.url })).exitCode).toBe(2);
});

describe('hooks stored and deliver-stored', () => {
  test('what waits comes as lines, of one endpoint or target', async () => {
    const url = await answering({ body: { items: [{ ...delivery, status: 'pending' }] } });
    const words = ['hooks', 'stored', '--hook', hookId, '--target', hook.target];
    const { stdout } = await run(words, { url });
    expect(stdout).toBe(`${deliveryId}\tmessage.sent\t8\t${hookId}\t${hook.target}\n`);
    expect(api.requests[0]?.url).toBe(
      `/v1/hooks/stored?hook=${hookId}&target=https%3A%2F%2Fexample.org%2Fwebhooks`,
    );
  });

  test('is delivered by ids or by endpoint, but by one of them', async () => {
    const url = await answering({ status: 202, body: { accepted: 1 } });
    const words = ['hooks', 'deliver-stored'];
    for (const options of [[], [deliveryId, '--hook', hookId]]) {
      // oxlint-disable-next-line no-await-in-loop -- one command at a time
      expect((await run([...words, ...options], { url })).exitCode).toBe(2);
    }
    const one = await run([...words, deliveryId, '--no-wait'], { url });
    expect(one).toMatchObject({ exitCode: 0, stderr: 'On their way: 1\n' });
    const all = await run([...words, '--hook', hookId, '--no-wait', '--json'], { url });
    expect(JSON.parse(all.stdout)).toEqual({ accepted: 1 });
    expect(api.requests.map(({ body }) => body)).toEqual([{ ids: [deliveryId] }, { hook: hookId }]);
  });
});
