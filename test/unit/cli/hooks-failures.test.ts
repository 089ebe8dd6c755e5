import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { delivery, deliveryId, failure, hook, hookId, otherDeliveryId } from './hooks-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ReceivedRequest, ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

/** The clock of the command line's tests begins there. */
const start = '1970-01-01T00:00:00.000Z';
const retry = ['hooks', 'retry-failed'];
const other = { ...failure, id: otherDeliveryId };

interface Scene {
  listed?: object[];
  rounds?: { accepted: number; more: boolean; nextCursor?: string }[];
  /** What a delivery is, by how often it was looked at. */
  look?: (id: string, nth: number) => ScriptedAnswer;
}

/** An API that lists failures, takes them, and shows what becomes of each. */
async function scene({ listed = [failure], rounds, look }: Scene = {}) {
  const left = [...(rounds ?? [{ accepted: listed.length, more: false }])];
  const looks = new Map<string, number>();
  api = await startScriptedApi(({ method, url }: ReceivedRequest): ScriptedAnswer => {
    if (method === 'POST') return { status: 202, body: left.shift() };
    if (url.startsWith('/v1/hooks/failures')) return { body: { items: listed } };
    const id = url.split('/').at(-1) ?? '';
    const nth = (looks.get(id) ?? 0) + 1;
    looks.set(id, nth);
    return look?.(id, nth) ?? { body: { ...delivery, id, status: 'delivered', tries: 9 } };
  });
  return api.url;
}

const posts = () => api.requests.filter(({ method }) => method === 'POST');

/** Delivered when it is looked at for the third time. */
const thirdTime = (id: string, nth: number) => ({
  body: { ...delivery, id, status: nth < 3 ? 'pending' : 'delivered' },
});

describe('hooks retry-failed', () => {
  test.each([
    [0, []],
    [1, [failure]],
    [2, [failure, other]],
  ])('prints exactly how many, also %d, and waits for them', async (count, listed) => {
    const url = await scene({ listed });
    const { exitCode, stdout, stderr } = await run(retry, { url });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `Retried ${String(count)} failed webhooks\n`,
    });
    expect(stderr).toBe(count === 0 ? '' : `Delivered: ${String(count)}. Failed again: 0.\n`);
    expect(posts().map(({ url: path, body }) => [path, body])).toEqual([
      ['/v1/hooks/failures/retry', { failedBefore: start, all: true }],
    ]);
  });

  test('calls until there is no more, each time for what failed before it began', async () => {
    const rounds = [
      { accepted: 1000, more: true },
      { accepted: 1000, more: true },
      { accepted: 7, more: false },
    ];
    const url = await scene({ rounds });
    const { exitCode, stdout } = await run([...retry, '--no-wait'], { url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Retried 2007 failed webhooks\n' });
    expect(api.requests.map(({ body }) => body)).toEqual(
      rounds.map(() => ({ failedBefore: start, all: true })),
    );
  });

  test('goes on behind what the API may not take', async () => {
    const url = await scene({
      rounds: [
        { accepted: 0, more: true, nextCursor: 'one' },
        { accepted: 0, more: true, nextCursor: 'two' },
        { accepted: 3, more: false },
      ],
    });
    const { exitCode, stdout } = await run([...retry, '--no-wait'], { url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Retried 3 failed webhooks\n' });
    const asked = { failedBefore: start, all: true };
    expect(api.requests.map(({ body }) => body)).toEqual([
      asked,
      { ...asked, cursor: 'one' },
      { ...asked, cursor: 'two' },
    ]);
  });

  test('stops where the API gets no further', async () => {
    const url = await scene({ rounds: [{ accepted: 0, more: true }] });
    const { exitCode, stderr } = await run([...retry, '--no-wait'], { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('gets no further');
    expect(api.requests).toHaveLength(1);
  });

  test('takes filters and ids instead of all', async () => {
    const url = await scene();
    const filters = ['--hook', hookId, '--event', 'message.sent', '--target', hook.target];
    const more = ['--owner', 'user:amy', '--status', 'none', '--failed-before', '2026-11-21'];
    await run([...retry, ...filters, ...more, '--no-wait'], { url });
    await run([...retry, deliveryId, otherDeliveryId, '--no-wait'], { url });
    expect(api.requests.map(({ body }) => body)).toEqual([
      {
        hook: hookId,
        event: 'message.sent',
        target: hook.target,
        owner: 'user:amy',
        status: 'none',
        failedBefore: '2026-11-21T00:00:00.000Z',
      },
      { ids: [deliveryId, otherDeliveryId], failedBefore: start },
    ]);
  });

  test('ends with 1 when one failed again, and says so beside the output', async () => {
    const url = await scene({
      listed: [failure, other],
      look: (id, nth) => {
        if (nth < 3) return { body: { ...delivery, id, status: 'pending' } };
        const failed = id === deliveryId;
        return { body: { ...delivery, id, status: failed ? 'failed' : 'delivered', tries: 9 } };
      },
    });
    const { exitCode, stdout, stderr } = await run(retry, { url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'Retried 2 failed webhooks\n' });
    expect(stderr).toContain('Delivered: 1. Failed again: 1.\n');
    expect(stderr).toContain('npx sequitur hooks failures');
  });

  test('counts what was listed and not taken nowhere, what is gone as failed', async () => {
    const url = await scene({
      listed: [failure, other],
      rounds: [{ accepted: 1, more: false }],
      look: (id) => (id === deliveryId ? { body: delivery } : problem(404, 'No such delivery.')),
    });
    const { exitCode, stdout } = await run([...retry, '--json'], { url });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      accepted: 1,
      delivered: 0,
      failedAgain: 1,
      pending: 0,
    });
  });

  // A minute, as it asks over a hundred times on a real connection.
  test('waits ten minutes at most, with growing pauses, and says that it goes on', async () => {
    const url = await scene({ look: () => ({ body: { ...delivery, status: 'pending' } }) });
    let waitedMs = 0;
    const { exitCode, stdout, stderr } = await run(retry, {
      url,
      onPause: (milliseconds) => {
        waitedMs += milliseconds;
      },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'Retried 1 failed webhooks\n' });
    expect(stderr).toContain('Still on their way: 1.');
    expect(stderr).toContain('The retries go on');
    expect(waitedMs).toBeGreaterThanOrEqual(600_000);
    expect(waitedMs).toBeLessThan(610_000);
  }, 60_000);

  test('shows progress on a terminal and none in a pipe', async () => {
    const shown = await run(retry, { url: await scene({ look: thirdTime }), terminal: true });
    expect(shown.stderr).toContain('Retrying: 0 delivered, 0 failed again, 1 on their way');
    await api.stop();
    const piped = await run(retry, { url: await scene({ look: thirdTime }) });
    expect(piped.stderr).toBe('Delivered: 1. Failed again: 0.\n');
  });

  test('interrupted, it says that the retries go on', async () => {
    const url = await scene({ look: () => ({ body: { ...delivery, status: 'pending' } }) });
    const { exitCode, stdout, stderr } = await run(retry, {
      url,
      onPause: (_, interrupt) => interrupt(),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: 'Retried 1 failed webhooks\n' });
    expect(stderr).toContain('The retries go on');
  });

  test('what it may not do ends with 3', async () => {
    api = await startScriptedApi(() => problem(403, 'Your own failures only.'));
    const words = [...retry, '--owner', 'user:flo'];
    expect(await run(words, { url: api.url })).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('hooks failures', () => {
  test('come as lines, by any filter', async () => {
    const url = await scene({ listed: [{ ...failure, lastStatus: null, valid: false }] });
    const words = ['hooks', 'failures', '--status', 'none', '--valid', 'false', '--limit', '5'];
    const { stdout } = await run(words, { url });
    expect(stdout).toBe(
      `${deliveryId}\tno\tnone\t8\tmessage.sent\t2026-11-21T10:32:00.000Z\t${hookId}\t${hook.target}\n`,
    );
    expect(api.requests[0]?.url).toBe('/v1/hooks/failures?status=none&valid=false&limit=5');
    expect((await run(['hooks', 'failures', '--status', '9'], { url })).exitCode).toBe(2);
  });
});

describe('hooks delete-failures', () => {
  const words = ['hooks', 'delete-failures'];

  test('needs a filter or --all, and the exact answer yes', async () => {
    api = await startScriptedApi(() => ({ status: 202, body: { accepted: 3, more: false } }));
    const { url } = api;
    expect((await run([...words, '--yes'], { url })).exitCode).toBe(2);
    expect((await run([...words, '--all'], { url, typed: 'yes\n' })).exitCode).toBe(2);
    const typed = { url, terminal: true };
    expect((await run([...words, '--all'], { ...typed, typed: 'YES\n' })).exitCode).toBe(1);
    expect(api.requests).toEqual([]);
    const yes = await run([...words, '--all'], { ...typed, typed: 'yes\n' });
    expect(yes.exitCode).toBe(0);
    expect(yes.stderr).toContain('Deleted failed webhooks: 3\n');
  });

  test('goes on behind the cursor of the answer', async () => {
    api = await startScriptedApi((_, nth) => ({
      status: 202,
      body: { accepted: nth === 1 ? 0 : 2, more: nth === 1, ...(nth === 1 && { nextCursor: 'x' }) },
    }));
    const { stdout } = await run([...words, '--all', '--yes', '--json'], { url: api.url });
    expect(JSON.parse(stdout)).toEqual({ accepted: 2 });
    expect(api.requests.map(({ url }) => url.includes('cursor=x'))).toEqual([false, true]);
  });

  test('calls until there is no more', async () => {
    api = await startScriptedApi((_, nth) => ({
      status: 202,
      body: { accepted: nth === 1 ? 1000 : 2, more: nth === 1 },
    }));
    const options = ['--valid', 'false', '--yes', '--json'];
    const { stdout } = await run([...words, ...options], { url: api.url });
    expect(JSON.parse(stdout)).toEqual({ accepted: 1002 });
    const path = `/v1/hooks/failures?valid=false&failedBefore=${encodeURIComponent(start)}`;
    expect(api.requests.map(({ method, url }) => [method, url])).toEqual([
      ['DELETE', path],
      ['DELETE', path],
    ]);
  });
});
