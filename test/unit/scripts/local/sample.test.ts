import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { loadSample } from '../../../../scripts/local/sample.ts';

/** Just enough of the API to see what the sample does to it. */
async function withApi(
  refuse: boolean,
  run: (url: string, calls: string[], actions: Map<string, number>) => Promise<void>,
): Promise<void> {
  const calls: string[] = [];
  const actions = new Map<string, number>();
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    calls.push(`${method} ${url}`);
    const actor = url.split('/')[3] ?? '';
    if (method === 'POST') actions.set(actor, (actions.get(actor) ?? 0) + 1);
    const count = { count: actions.get(actor) ?? 0, capped: false };
    request.resume().on('end', () => {
      response.writeHead(refuse ? 503 : 200).end(JSON.stringify(count));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await run(`http://127.0.0.1:${String(address.port)}`, calls, actions);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('the sample is loaded once, however often the stack starts', async () => {
  await withApi(false, async (url, calls, actions) => {
    await loadSample(url, 'token');
    const once = new Map(actions);
    expect([...once.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1);
    expect(calls).toContain('PUT /v1/resources/user:thoas/followings/user:flo');
    await loadSample(url, 'token');
    expect(actions).toEqual(once);
  });
});

test('a refused sample says which call was refused and how', async () => {
  await withApi(true, async (url) => {
    await expect(loadSample(url, 'token')).rejects.toMatchObject({
      message: expect.stringMatching(/PUT user:thoas\/followings\/user:flo answered 503/),
    });
  });
});
