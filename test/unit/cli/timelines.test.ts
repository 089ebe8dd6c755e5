import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { startScriptedApi, type ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const like = {
  id: 'act_01KAH0000000000000000000AA',
  actor: 'user:flo',
  verb: 'like',
  target: 'article:42',
  data: { title: 'tab\there' },
  at: '2026-11-21T10:30:00.000Z',
};
const join = { ...like, verb: 'join', target: null, data: null };

describe('timelines', () => {
  test('a private one tells what was read, a public one does not', async () => {
    api = await startScriptedApi(({ url }) => ({
      body: { items: url.includes('private') ? [{ ...like, read: false }] : [join] },
    }));
    const own = await run(['timelines', 'private', 'user:thoas'], { url: api.url });
    expect(own.stdout).toBe(
      `no\t${like.at}\tuser:flo\tlike\tarticle:42\t${like.id}\t{"title":"tab\\there"}\n`,
    );
    const open = await run(['timelines', 'public', 'user:thoas'], { url: api.url });
    expect(open.stdout).toBe(`${like.at}\tuser:flo\tjoin\t\t${like.id}\t\n`);
    expect(api.requests.map(({ url }) => url)).toEqual([
      '/v1/resources/user%3Athoas/timelines/private',
      '/v1/resources/user%3Athoas/timelines/public',
    ]);
  });

  test('verb, target and order filter at the API', async () => {
    api = await startScriptedApi(() => ({ body: { items: [] } }));
    const filters = ['--verb', 'like', '--target', 'article:42', '--order', 'desc'];
    await run(['timelines', 'private', 'user:thoas', ...filters], { url: api.url });
    expect(api.requests[0]?.url).toBe(
      '/v1/resources/user%3Athoas/timelines/private?verb=like&target=article%3A42&order=desc',
    );
  });

  test('on a narrow terminal the data is cut, not the ids', async () => {
    api = await startScriptedApi(() => ({ body: { items: [like] } }));
    const { stdout } = await run(['timelines', 'public', 'user:flo'], {
      url: api.url,
      terminal: true,
      columns: 96,
      environment: { NO_COLOR: '1' },
    });
    const row = stdout.split('\n')[1] ?? '';
    expect(row).toContain(like.id);
    expect(row).toMatch(/…$/);
    expect(row).toHaveLength(96);
  });
});

describe('timelines post', () => {
  test('sends what was given, under the key that was given', async () => {
    api = await startScriptedApi(() => ({ status: 201, body: like }));
    const words = ['timelines', 'post', 'user:flo', 'like', 'article:42'];
    const options = ['--data', '{"stars":5}', '--at', '2026-11-21T11:30:00+01:00'];
    const more = ['--audience', 'self', '--idempotency-key', 'k-1', '--json'];
    const { exitCode, stdout } = await run([...words, ...options, ...more], { url: api.url });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(like);
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/resources/user%3Aflo/actions',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k-1' },
      body: {
        verb: 'like',
        target: 'article:42',
        data: { stars: 5 },
        at: '2026-11-21T11:30:00+01:00',
        audience: 'self',
      },
    });
  });

  test('leaves out what was not given', async () => {
    api = await startScriptedApi(() => ({ status: 201, body: join }));
    const { stdout } = await run(['timelines', 'post', 'user:flo', 'join'], { url: api.url });
    expect(stdout).toContain('\tjoin\t');
    expect(api.requests[0]?.body).toEqual({ verb: 'join' });
    expect(api.requests[0]?.headers).not.toHaveProperty('idempotency-key');
  });
});
