import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { startScriptedApi, type ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const thoas = { ref: 'user:thoas', since: '2026-11-21T10:30:00.000Z' };
const project = { ref: 'project:7', since: '2026-11-20T10:30:00.000Z', note: 'new in the API' };

const counts = {
  followers: 3,
  followings: 1,
  friends: 0,
  followersByType: { user: 2, project: 1 },
  followingsByType: { user: 1, project: 0 },
  friendsByType: { user: 0, project: 0 },
};

/** Three pages of one item; the second is asked for by `c1`, the third by `c2`. */
async function threePages(): Promise<string> {
  api = await startScriptedApi(({ url }) => {
    const cursor = new URL(url, 'http://x').searchParams.get('cursor');
    if (cursor === null) return { body: { items: [thoas], nextCursor: 'c1' } };
    if (cursor === 'c1') return { body: { items: [project], nextCursor: 'c2' } };
    return { body: { items: [{ ...thoas, ref: 'user:flo' }] } };
  });
  return api.url;
}

describe('follows counts', () => {
  test('a pipe gets a tab-separated line for each number, without colours', async () => {
    api = await startScriptedApi(() => ({ body: counts }));
    const { exitCode, stdout, stderr } = await run(['follows', 'counts', 'user:a|b'], {
      url: api.url,
    });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'followers\tall\t3',
      'followers\tuser\t2',
      'followers\tproject\t1',
      'followings\tall\t1',
      'followings\tuser\t1',
      'followings\tproject\t0',
      'friends\tall\t0',
      'friends\tuser\t0',
      'friends\tproject\t0',
      '',
    ]);
    expect(api.requests[0]).toMatchObject({
      method: 'GET',
      url: '/v1/resources/user%3Aa%7Cb/counts',
      headers: { authorization: 'Bearer a.b.c' },
    });
  });

  test.each([
    ['after the command', ['follows', 'counts', 'user:a', '--json']],
    ['before the group', ['--json', 'follows', 'counts', 'user:a']],
  ])('--json %s prints the answer as it is', async (_, words) => {
    api = await startScriptedApi(() => ({ body: counts }));
    const { stdout } = await run(words, { url: api.url, terminal: true });
    expect(JSON.parse(stdout)).toEqual(counts);
  });
});

describe.each(['followers', 'followings', 'friends'])('follows %s', (relation) => {
  test('one page is shown, and that there is more is said beside it', async () => {
    const url = await threePages();
    const { exitCode, stdout, stderr } = await run(['follows', relation, 'user:a'], { url });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('user:thoas\t2026-11-21T10:30:00.000Z\n');
    expect(stderr).toContain('--cursor c1');
    expect(api.requests.map((request) => request.url)).toEqual([
      `/v1/resources/user%3Aa/${relation}`,
    ]);
  });

  test('filters, order, limit and cursor go into the query', async () => {
    const url = await threePages();
    const options = ['--type', 'project', '--order', 'asc', '--limit', '7', '--cursor', 'c1'];
    const { stdout } = await run(['follows', relation, 'user:a', ...options], { url });
    expect(stdout).toBe('project:7\t2026-11-20T10:30:00.000Z\n');
    expect(api.requests[0]?.url).toBe(
      `/v1/resources/user%3Aa/${relation}?type=project&order=asc&limit=7&cursor=c1`,
    );
  });

  test('--all follows the cursors to the end with the same query', async () => {
    const url = await threePages();
    const words = ['follows', relation, 'user:a', '--order', 'asc', '--all', '--json'];
    const { stdout, stderr } = await run(words, { url });
    expect(JSON.parse(stdout)).toEqual({ items: [thoas, project, { ...thoas, ref: 'user:flo' }] });
    expect(stderr).toBe('');
    expect(api.requests.map((request) => request.url.split('?')[1])).toEqual([
      'order=asc&limit=100',
      'order=asc&limit=100&cursor=c1',
      'order=asc&limit=100&cursor=c2',
    ]);
  });
});

describe('lists', () => {
  test('JSON of one page keeps the cursor', async () => {
    const url = await threePages();
    const { stdout } = await run(['follows', 'friends', 'user:a', '--json'], { url });
    expect(JSON.parse(stdout)).toEqual({ items: [thoas], nextCursor: 'c1' });
  });

  test('a failure in the middle of --all prints no half of the result', async () => {
    api = await startScriptedApi((_, nth) =>
      nth === 1 ? { body: { items: [thoas], nextCursor: 'c1' } } : { status: 500, body: {} },
    );
    const { exitCode, stdout } = await run(['follows', 'friends', 'user:a', '--all'], {
      url: api.url,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
  });

  test('a cursor that comes again ends --all instead of going round for ever', async () => {
    api = await startScriptedApi(() => ({ body: { items: [thoas], nextCursor: 'c1' } }));
    const { exitCode, stderr } = await run(['follows', 'friends', 'user:a', '--all'], {
      url: api.url,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('same page twice');
  });

  test('a terminal gets a table with bold headings', async () => {
    api = await startScriptedApi(() => ({ body: { items: [thoas, project] } }));
    const shown = await run(['follows', 'friends', 'user:a'], { url: api.url, terminal: true });
    expect(shown.stdout.split('\n')).toEqual([
      '\u001B[1mREF         SINCE\u001B[22m',
      'user:thoas  2026-11-21T10:30:00.000Z',
      'project:7   2026-11-20T10:30:00.000Z',
      '',
    ]);
    const plain = await run(['follows', 'friends', 'user:a'], {
      url: api.url,
      terminal: true,
      environment: { NO_COLOR: '1' },
    });
    expect(plain.stdout).toBe(shown.stdout.replace('\u001B[1m', '').replace('\u001B[22m', ''));
  });

  test('nothing is an empty output, an empty JSON list and a sentence beside it', async () => {
    api = await startScriptedApi(() => ({ body: { items: [] } }));
    const lines = await run(['follows', 'friends', 'user:a'], { url: api.url });
    expect(lines).toMatchObject({ exitCode: 0, stdout: '' });
    expect(lines.stderr).toContain('user:a has no such friends');
    const json = await run(['follows', 'friends', 'user:a', '--json'], { url: api.url });
    expect(JSON.parse(json.stdout)).toEqual({ items: [] });
  });
});
