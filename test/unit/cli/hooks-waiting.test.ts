import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { delivery, deliveryId, hookId, otherDeliveryId } from './hooks-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ReceivedRequest, ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

interface Scene {
  /** What lists of deliveries and of what is stored tell. */
  listed: object[];
  posted: object;
  /** What a delivery is when it is looked at, by how often it was. */
  look: (id: string, nth: number) => object;
}

/** An API that lists deliveries, sets them going, and shows what becomes of each. */
async function scene({ listed, posted, look }: Scene) {
  const looks = new Map<string, number>();
  api = await startScriptedApi(({ method, url }: ReceivedRequest): ScriptedAnswer => {
    if (method === 'POST') return { status: 202, body: posted };
    if (!url.startsWith('/v1/deliveries/')) return { body: { items: listed } };
    const id = url.split('/').at(-1) ?? '';
    const nth = (looks.get(id) ?? 0) + 1;
    looks.set(id, nth);
    return { body: { ...delivery, id, ...look(id, nth) } };
  });
  return api.url;
}

const looked = () =>
  api.requests.filter(({ url }) => url.startsWith('/v1/deliveries/')).map(({ url }) => url);

const stored = [{ ...delivery, status: 'pending', tries: 0 }];
const goingThenDelivered = (_: string, nth: number) =>
  nth < 3 ? { status: 'pending', tries: 0 } : { status: 'delivered', tries: 1 };

/** Failed once, and tried again so long after the beginning. */
const again = (seconds: number) => ({
  status: 'pending',
  tries: 1,
  nextAttemptAt: new Date(seconds * 1_000).toISOString(),
});

const soonAgain = (_: string, nth: number) =>
  nth < 3 ? again(5) : { status: 'delivered', tries: 2 };

/** The moment in the ids of the answers is among them. */
const replayWords = ['hooks', 'replay', hookId, '--since', '2025-01-01', '--until', '2026-11-22'];
const storedWords = ['hooks', 'deliver-stored', '--hook', hookId];
const pingWords = ['hooks', 'ping', hookId];

describe('hooks deliver-stored waits', () => {
  test('until all is posted, and says nothing in between to a pipe', async () => {
    const url = await scene({ listed: stored, posted: { accepted: 1 }, look: goingThenDelivered });
    const pauses: number[] = [];
    const { exitCode, stdout, stderr } = await run(storedWords, {
      url,
      onPause: (milliseconds) => pauses.push(milliseconds),
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'On their way: 1\nDelivered: 1. Failed: 0.\n',
    });
    expect(pauses).toHaveLength(2);
    expect(api.requests[0]?.url).toBe(`/v1/hooks/stored?hook=${hookId}&limit=100`);
  });

  test('with progress on a terminal', async () => {
    const url = await scene({ listed: stored, posted: { accepted: 1 }, look: goingThenDelivered });
    const { stderr } = await run(storedWords, { url, terminal: true });
    expect(stderr).toContain('Posting: 0 delivered, 0 failed, 1 on their way (0 s)');
  });

  test('only for those that were named', async () => {
    const other = { ...stored[0], id: otherDeliveryId };
    const url = await scene({
      listed: [...stored, other],
      posted: { accepted: 1 },
      look: () => ({ status: 'delivered', tries: 1 }),
    });
    const words = ['hooks', 'deliver-stored', deliveryId, '--json'];
    const { exitCode, stdout } = await run(words, { url });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ accepted: 1, delivered: 1, failed: 0, pending: 0 });
    expect(looked()).toEqual([`/v1/deliveries/${deliveryId}`]);
  });

  test('and seeks those that were named no further than it has to', async () => {
    api = await startScriptedApi(({ method, url }) => {
      if (method === 'POST') return { status: 202, body: { accepted: 1 } };
      return url.startsWith('/v1/deliveries/')
        ? { body: { ...delivery, status: 'delivered', tries: 1 } }
        : { body: { items: url.includes('cursor') ? stored : [], nextCursor: 'c' } };
    });
    const { exitCode } = await run(['hooks', 'deliver-stored', deliveryId], { url: api.url });
    expect(exitCode).toBe(0);
    expect(api.requests.filter(({ url }) => url.startsWith('/v1/hooks/stored?'))).toHaveLength(2);
  });

  test('not when nothing was taken, and ends with 0', async () => {
    const url = await scene({ listed: stored, posted: { accepted: 0 }, look: goingThenDelivered });
    expect(await run(storedWords, { url })).toMatchObject({
      exitCode: 0,
      stderr: 'On their way: 0\n',
    });
    expect(looked()).toEqual([]);
  });

  test('for a retry that comes soon, but not for one that comes late: that is a failure', async () => {
    const url = await scene({ listed: stored, posted: { accepted: 1 }, look: soonAgain });
    expect((await run(storedWords, { url })).exitCode).toBe(0);
    await api.stop();
    const late = await scene({ listed: stored, posted: { accepted: 1 }, look: () => again(300) });
    const { exitCode, stderr } = await run(storedWords, { url: late });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Delivered: 0. Failed: 1.');
    expect(stderr).toContain(`npx sequitur hooks deliveries ${hookId}`);
    expect(looked()).toHaveLength(1);
  });

  test('ten minutes at most; then it ends with 1 and says that the posts go on', async () => {
    const url = await scene({
      listed: stored,
      posted: { accepted: 1 },
      look: () => ({ status: 'pending', tries: 0 }),
    });
    let waitedMs = 0;
    const { exitCode, stderr } = await run(storedWords, {
      url,
      onPause: (milliseconds) => {
        waitedMs += milliseconds;
      },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Still on their way: 1.');
    expect(stderr).toContain('The posts go on');
    expect(waitedMs).toBeGreaterThanOrEqual(600_000);
    expect(waitedMs).toBeLessThan(610_000);
  });
});

describe('hooks replay waits', () => {
  const listed = [
    { ...delivery, id: `del_7${deliveryId.slice(5)}`, status: 'failed' },
    { ...delivery, status: 'delivered', tries: 1 },
    { ...delivery, id: otherDeliveryId, status: 'held', tries: 0 },
    { ...delivery, id: 'del_01KAJ0M9Y8N3V5T7W9X1Z2B4C8', status: 'pending' },
    {
      ...delivery,
      id: 'del_01KAJ0M9Y8N3V5T7W9X1Z2B4C9',
      event: { id: 'evt_2', type: 'ping' },
    },
    { ...delivery, id: 'del_00000000000000000000000001' },
  ];

  test.each([
    [[], [deliveryId, otherDeliveryId]],
    [['--only-failed'], [otherDeliveryId]],
  ])('for what it may have set going, of its range: %j', async (options, watched) => {
    const url = await scene({
      listed,
      posted: { accepted: watched.length, more: false },
      look: () => ({ status: 'delivered', tries: 2 }),
    });
    const { exitCode, stderr } = await run([...replayWords, ...options], { url });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`Delivered: ${String(watched.length)}. Failed: 0.`);
    expect(looked()).toEqual(watched.map((id) => `/v1/deliveries/${id}`));
  });

  test('and ends with 1 when some failed; what was not taken counts nowhere', async () => {
    const url = await scene({
      listed,
      posted: { accepted: 1, more: false },
      look: (id) =>
        id === deliveryId ? { status: 'delivered', tries: 1 } : { status: 'failed', tries: 1 },
    });
    const { exitCode, stdout } = await run([...replayWords, '--json'], { url });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ accepted: 1, delivered: 0, failed: 1, pending: 0 });
  });

  test('for what its lane sets going later, in order', async () => {
    const inOrder = [
      { status: 'held', tries: 0 },
      { status: 'held', tries: 0 },
      { status: 'pending', tries: 0 },
      { status: 'delivered', tries: 1 },
    ];
    const url = await scene({
      listed,
      posted: { accepted: 1, more: false },
      look: (_, nth) => inOrder[nth - 1] ?? {},
    });
    const words = [...replayWords, '--only-failed', '--json'];
    const { exitCode, stdout } = await run(words, { url });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ accepted: 1, delivered: 1, failed: 0, pending: 0 });
    expect(looked()).toHaveLength(4);
  });

  test('until Ctrl-C, which does not end the posts', async () => {
    const url = await scene({
      listed,
      posted: { accepted: 2, more: false },
      look: () => ({ status: 'pending', tries: 0 }),
    });
    const { exitCode, stderr } = await run(replayWords, {
      url,
      onPause: (_, interrupt) => interrupt(),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('No longer waiting. The posts go on');
  });
});

describe('hooks ping waits', () => {
  const ping = { ...delivery, event: { id: 'evt_9', type: 'ping' }, tries: 1 };
  const attempt = { at: '2026-11-21T10:31:00.000Z', durationMs: 9, status: 204 };

  test('and tells what the server answered', async () => {
    const url = await scene({
      listed: [{ ...delivery, id: otherDeliveryId }, ping],
      posted: { id: 'evt_9' },
      look: () => ({ ...ping, status: 'delivered', attempts: [attempt] }),
    });
    expect(await run(pingWords, { url })).toEqual({
      exitCode: 0,
      stdout: `evt_9\t${deliveryId}\tdelivered\t204\n`,
      stderr: '',
    });
  });

  test('and ends with 1 when the post failed', async () => {
    const url = await scene({
      listed: [ping],
      posted: { id: 'evt_9' },
      look: () => ({ ...ping, status: 'pending', nextAttemptAt: '1970-01-01T00:05:00.000Z' }),
    });
    const { exitCode, stdout } = await run([...pingWords, '--json'], { url });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'evt_9', delivery: { status: 'pending' } });
  });

  test('not for one that is gone: it ends with 1', async () => {
    const url = await scene({ listed: [], posted: { id: 'evt_9' }, look: () => ({}) });
    expect((await run(pingWords, { url })).exitCode).toBe(1);
    await api.stop();
    api = await startScriptedApi(() => problem(409, 'The endpoint is disabled.'));
    expect((await run(pingWords, { url: api.url })).exitCode).toBe(1);
  });
});
