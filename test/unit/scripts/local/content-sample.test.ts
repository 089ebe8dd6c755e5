import { createServer } from 'node:http';
import * as z from 'zod';
import { describe, expect, test } from '@jest/globals';
import { pushRules } from '../../../../config/push-rules/index.ts';
import { contentTypes } from '../../../../config/content-types.ts';
import { loadContentSample } from '../../../../scripts/local/content-sample.ts';
import { madeFile } from '../../config/push-rules/made-files.ts';
import { storyOf, toolsWith } from '../../config/push-rules/stored-content.ts';

interface Api {
  url: string;
  /** Method and path of each call, the upload included. */
  calls: string[];
  uploads: Buffer[];
  /** Bodies of PUTs by path. */
  puts: Map<string, string>;
}

/** As much of the API as the sample asks for: an upload is there at the second look. */
async function withApi(run: (api: Api) => Promise<void>): Promise<void> {
  const api: Api = { url: '', calls: [], uploads: [], puts: new Map() };
  let looks = 0;
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    api.calls.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const isUpload = url.startsWith('/upload');
      if (isUpload) api.uploads.push(body);
      else if (method === 'PUT') api.puts.set(url, body.toString());
      else if (method === 'GET' && api.uploads.length > 0) looks += 1;
      const binaries = looks > 1 ? [{ name: 'original' }] : [];
      const answer = isUpload
        ? ''
        : JSON.stringify({ binaries, uploadUrl: `${api.url}/upload?a=b` });
      response.end(answer);
    });
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

const targetAt = (apiUrl: string) => ({ apiUrl, tokenOf: () => Promise.resolve('token') });

const photoPath = '/v1/content/photo/harbour';
const storyPath = '/v1/content/story/harbour';

describe('the sample of content', () => {
  test('puts the story when the photo has its file, a JPEG', async () => {
    await withApi(async (api) => {
      await loadContentSample(targetAt(api.url));
      const look = `GET ${photoPath}`;
      expect(api.calls).toEqual([
        `PUT ${photoPath}`,
        look,
        `POST ${photoPath}/binaries/original`,
        'PUT /upload?a=b',
        look,
        look,
        `PUT ${storyPath}`,
      ]);
      const [jpeg] = api.uploads;
      expect(jpeg?.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
      expect(jpeg?.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
    });
  });

  test('uploads nothing again', async () => {
    await withApi(async (api) => {
      await loadContentSample(targetAt(api.url));
      await loadContentSample(targetAt(api.url));
      expect(api.uploads).toHaveLength(1);
    });
  });

  test('is what the shipped rules push', async () => {
    await withApi(async (api) => {
      await loadContentSample(targetAt(api.url));
      const { fields } = z
        .object({ fields: z.record(z.string(), z.unknown()) })
        .parse(JSON.parse(api.puts.get(storyPath) ?? ''));
      const content = storyOf('harbour', fields);
      const type = contentTypes.find((declared) => declared.type === 'story');
      expect(type?.schema.parse(fields)).toEqual(fields);
      const rule = pushRules.find(({ name }) => name === 'partner-stories');
      if (rule === undefined) throw new Error('no such rule');
      const supervisor = await rule.supervise(content, toolsWith());
      expect(await supervisor?.filterByType?.(content, toolsWith())).toBe(true);
      expect(await supervisor?.filterByState?.(content, toolsWith())).toBe(true);
      const xml = await madeFile(rule, content);
      expect(xml).toContain('“People waited for this,” says Flo');
      expect(xml).toContain('<photo>/medias/harbour.jpg</photo>');
    });
  });
});
