import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { loadOnce, type SampleMark } from '../../../../scripts/local/sample-mark.ts';
import { loadSample, type SampleTarget } from '../../../../scripts/local/sample.ts';

interface Api {
  readonly url: string;
  readonly calls: string[];
  /** What each call was authorized by. */
  readonly callers: string[];
  /** Refuses every call from this one on, counted from 0. */
  refuseFrom: number;
}

/** Just enough of the API to see what the sample does to it. */
async function withApi(run: (api: Api) => Promise<void>): Promise<void> {
  const api = {
    url: '',
    calls: [] as string[],
    callers: [] as string[],
    refuseFrom: Infinity,
  };
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const refused = api.calls.length >= api.refuseFrom;
    api.calls.push([method, url, headers['idempotency-key']].filter(Boolean).join(' '));
    api.callers.push(headers.authorization ?? '');
    request.resume().on('end', () => response.writeHead(refused ? 503 : 200).end('{}'));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  api.url = `http://127.0.0.1:${String(address.port)}`;
  try {
    await run(api);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function newDataSet(): SampleMark {
  let marked = false;
  return {
    isSet: () => Promise.resolve(marked),
    set: () => {
      marked = true;
      return Promise.resolve();
    },
  };
}

const targetAt = (apiUrl: string, convos = true) => ({
  apiUrl,
  tokenOf: ({ sub }: { sub: string }) => Promise.resolve(`token of ${sub}`),
  convos,
});

const loadSampleOnce = (mark: SampleMark, target: SampleTarget) =>
  loadOnce(mark, () => loadSample(target));

describe('the sample', () => {
  test('is loaded once into each data set, however often the stack starts', async () => {
    await withApi(async ({ url, calls }) => {
      const mark = newDataSet();
      await loadSampleOnce(mark, targetAt(url));
      const once = [...calls];
      expect(once).toContain('PUT /v1/resources/user:thoas/followings/user:flo');
      expect(once.filter((call) => call.startsWith('POST'))).not.toHaveLength(0);
      await loadSampleOnce(mark, targetAt(url));
      expect(calls).toEqual(once);
      await loadSampleOnce(newDataSet(), targetAt(url));
      expect(calls).toEqual([...once, ...once]);
    });
  });

  test('has a message in its sender’s own name, and none without convos', async () => {
    await withApi(async ({ url, calls, callers }) => {
      await loadSampleOnce(newDataSet(), targetAt(url));
      expect(calls.at(-1)).toBe('POST /v1/messages sample-message');
      expect(callers.at(-1)).toBe('Bearer token of thoas');
      calls.length = 0;
      await loadSampleOnce(newDataSet(), targetAt(url, false));
      expect(calls.filter((call) => call.includes('messages'))).toEqual([]);
    });
  });

  test('leaves it to Amy to follow Flo', async () => {
    await withApi(async ({ url, calls }) => {
      await loadSampleOnce(newDataSet(), targetAt(url));
      expect(calls.filter((call) => call.includes('amy'))).toEqual([]);
      expect(calls.filter((call) => call.endsWith('/followings/user:flo'))).toHaveLength(1);
    });
  });

  test('that was refused says how, and is loaded as a repeat at the next start', async () => {
    await withApi(async (api) => {
      const mark = newDataSet();
      api.refuseFrom = 4;
      await expect(loadSampleOnce(mark, targetAt(api.url))).rejects.toMatchObject({
        message: expect.stringMatching(/POST resources\/user:flo\/actions answered 503/),
      });
      api.refuseFrom = Infinity;
      const before = api.calls.splice(0);
      await loadSampleOnce(mark, targetAt(api.url));
      expect(api.calls.slice(0, before.length)).toEqual(before);
      expect(api.calls.filter((call) => /^POST \S+ sample-/u.test(call))).toHaveLength(4);
    });
  });
});
