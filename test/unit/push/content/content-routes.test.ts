import { beforeEach, describe, expect, test } from '@jest/globals';
import { contentTypes } from '../../../../config/content-types.ts';
import { contentEndpoints } from '../../../../lambdas/push/content/content-endpoints.ts';
import { contentRoutes } from '../../../../lambdas/push/content/content-routes.ts';
import { apiHandler } from '../../../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../../../lambdas/shared/http/cursor.ts';
import { apiCall } from '../../../support/api-call.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { ContentScene } from './content-scene.ts';

let scene: ContentScene;
beforeEach(() => {
  scene = new ContentScene();
});

const fields = { title: 'A', content: '<p>b</p>', state: 20, updatedAt: '2026-11-21T10:30:00Z' };

async function call(method: string, url: string, body?: unknown, admin = true) {
  const { content, binaries, newUlid, pace } = scene;
  const cursors = signedCursors(() => Promise.resolve(Buffer.from('a key of the test')));
  const routes = contentRoutes({ content, binaries, newUlid, pace, contentTypes, cursors });
  const handler = apiHandler({ routes, log: silentLog(), userType: 'user' });
  return apiCall(handler, { method, url, sub: 'ops', admin, body });
}
const put = async (id: string, more: Record<string, unknown> = {}) => {
  scene.clock.advance(1);
  return call('PUT', `/v1/content/story/${id}`, { fields, ...more });
};
/** Paths of what an answer finds wrong. */
const wrong = ({ body }: { body: unknown }) =>
  (body as { errors?: { path: string }[] }).errors?.map(({ path }) => path);
const listed = ({ body }: { body: unknown }) =>
  body as { items: { id: string }[]; nextCursor?: string };

const named = (all: readonly { method: string; path: string }[]) =>
  all.map(({ method, path }) => `${method} ${path}`);
/** What an endpoint's own schema makes of an answer. */
const documented = (operationId: string, { status, body }: { status: number; body: unknown }) => {
  const answers = contentEndpoints.find((one) => one.operationId === operationId)?.answers ?? {};
  const schema = (answers as Record<number, { parse: (value: unknown) => unknown } | null>)[status];
  return schema?.parse(body);
};

describe('PUT', () => {
  test('makes an item (201), leaves it (200), changes it (200)', async () => {
    const first = await put('7', { related: ['story:1', 'user:amy'] });
    const item = {
      type: 'story',
      id: '7',
      version: 1,
      fields,
      related: ['story:1', 'user:amy'],
      binaries: [],
      createdAt: '2026-11-21T10:30:00.001Z',
      updatedAt: '2026-11-21T10:30:00.001Z',
    };
    expect([first.status, first.body]).toEqual([
      201,
      { ...item, changed: ['title', 'content', 'state', 'updatedAt', 'related'] },
    ]);
    const again = await put('7', { related: ['story:1', 'user:amy'] });
    expect([again.status, again.body]).toEqual([200, { ...item, changed: [] }]);
    const other = await put('7', { fields: { ...fields, state: 10 } });
    expect(other).toMatchObject({
      status: 200,
      body: { version: 2, changed: ['state', 'related'], related: [] },
    });
  });

  test('takes any id that there can be', async () => {
    const id = 'a.b_~@|:+=-';
    expect((await put(encodeURIComponent(id))).status).toBe(201);
    const answer = await call('GET', `/v1/content/story/${encodeURIComponent(id)}`);
    expect(answer).toMatchObject({ status: 200, body: { id } });
  });

  test.each<[string, string, unknown, string[]]>([
    ['an unknown type', '/v1/content/film/1', { fields }, ['path.type']],
    ['a type that is no content', '/v1/content/user/1', { fields }, ['path.type']],
    ['an id that cannot be', '/v1/content/story/a%20b', { fields }, ['path.id']],
    ['an id that is too long', `/v1/content/story/${'x'.repeat(129)}`, { fields }, ['path.id']],
    ['no fields', '/v1/content/story/1', {}, ['body.fields']],
    ['fields that are none', '/v1/content/story/1', { fields: [] }, ['body.fields']],
    [
      'a wrong field',
      '/v1/content/story/1',
      { fields: { ...fields, state: 5 } },
      ['body.fields.state'],
    ],
    ['an unknown field', '/v1/content/story/1', { fields: { ...fields, x: 5 } }, ['body.fields.x']],
    [
      'what XML forbids',
      '/v1/content/story/1',
      { fields: { ...fields, title: '\b' } },
      ['body.fields.title'],
    ],
    [
      'a name that programs take for a prototype',
      '/v1/content/story/1',
      { fields: JSON.parse('{"title": "a", "__proto__": {}}') as object },
      ['body.fields.__proto__'],
    ],
    [
      'something beside the fields',
      '/v1/content/story/1',
      { fields, binaries: [] },
      ['body.binaries'],
    ],
    [
      'a reference to no type',
      '/v1/content/story/1',
      { fields, related: ['film:1'] },
      ['body.related.0'],
    ],
    [
      'a reference that is none',
      '/v1/content/story/1',
      { fields, related: ['story'] },
      ['body.related.0'],
    ],
    ['a query', '/v1/content/story/1?x=1', { fields }, ['query.x']],
  ])('with %s is 400, and leaves nothing', async (_what, url, body, paths) => {
    const answer = await call('PUT', url, body);
    expect([answer.status, wrong(answer)]).toEqual([400, paths]);
    expect(scene.written).toEqual([]);
  });

  test('of more than a request may have is 413', async () => {
    const full = await put('1', { fields: { ...fields, content: 'x'.repeat(250_000) } });
    expect(full.status).toBe(201);
    const large = await put('2', { fields: { ...fields, content: 'x'.repeat(270_000) } });
    expect(large.status).toBe(413);
  });
});

test('GET and DELETE find what is there, and nothing after', async () => {
  await put('7');
  expect(await call('GET', '/v1/content/story/7')).toMatchObject({ status: 200, body: { fields } });
  const deleted = await call('DELETE', '/v1/content/story/7');
  expect([deleted.status, deleted.body]).toEqual([204, undefined]);
  expect((await call('GET', '/v1/content/story/7')).status).toBe(404);
  expect((await call('DELETE', '/v1/content/story/7')).status).toBe(404);
  expect((await call('GET', '/v1/content/film/7')).status).toBe(400);
  // As API Gateway gives it on: it has decoded `7%2Fb`.
  expect((await call('GET', '/v1/content/story/7/b')).status).toBe(400);
});

describe('a list', () => {
  test('has the newest first, each once to its end', async () => {
    for (let place = 0; place < 7; place += 1) await put(String(place));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const more: string = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = listed(await call('GET', `/v1/content/story?limit=3${more}`));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0']);
  });

  test('of large items is cut where Lambda could not answer, and goes on from there', async () => {
    // Each quote is four bytes of the function's answer.
    const content = '"'.repeat(120_000);
    for (let place = 0; place < 30; place += 1) {
      await put(String(place), { fields: { ...fields, content } });
    }
    const first = await call('GET', '/v1/content/story?limit=100');
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(first.body)))).toBeLessThan(6_000_000);
    const { items, nextCursor } = listed(first);
    const second = listed(
      await call('GET', `/v1/content/story?limit=100&cursor=${nextCursor ?? ''}`),
    );
    const third = listed(
      await call('GET', `/v1/content/story?limit=100&cursor=${second.nextCursor ?? ''}`),
    );
    const ids = [...items, ...second.items, ...third.items].map(({ id }) => Number(id));
    expect(ids).toEqual(Array.from({ length: 30 }, (_none, place) => 29 - place));
  });

  test('knows its own cursors only', async () => {
    for (const id of ['1', '2']) await put(id);
    const { nextCursor = '' } = listed(await call('GET', '/v1/content/story?limit=1'));
    const answer = await call('GET', `/v1/content/photo?limit=1&cursor=${nextCursor}`);
    expect([answer.status, wrong(answer)]).toEqual([400, ['query.cursor']]);
  });
});

describe('an upload', () => {
  test('has a URL, for a name that the type declares', async () => {
    await call('PUT', '/v1/content/photo/1', { fields: {} });
    const answer = await call('POST', '/v1/content/photo/1/binaries/original');
    expect(answer).toMatchObject({
      status: 200,
      body: { uploadUrl: expect.stringMatching(/^https:/), expiresAt: '2026-11-21T10:45:00.000Z' },
    });
  });

  test.each([
    ['/v1/content/photo/1/binaries/thumbnail', 400],
    ['/v1/content/story/1/binaries/original', 400],
    ['/v1/content/film/1/binaries/original', 400],
    ['/v1/content/photo/2/binaries/original', 404],
  ])('of %s is %i', async (url, status) => {
    await call('PUT', '/v1/content/photo/1', { fields: {} });
    await put('1');
    expect((await call('POST', url)).status).toBe(status);
  });
});

test('nobody but admin gets anywhere', async () => {
  await put('1');
  for (const { method, path } of contentEndpoints) {
    const url = path.replace('{type}', 'story').replace('{id}', '1').replace('{name}', 'x');
    const body = method === 'PUT' ? { fields } : undefined;
    expect([method, url, (await call(method, url, body, false)).status]).toEqual([
      method,
      url,
      403,
    ]);
  }
});

test('there is a route for every endpoint', () => {
  const { content, binaries, newUlid, pace } = scene;
  const cursors = signedCursors(() => Promise.resolve(Buffer.from('a key')));
  const routes = contentRoutes({ content, binaries, newUlid, pace, contentTypes, cursors });
  expect(named(routes)).toEqual(named(contentEndpoints));
});

test('answers have the shape that the document says', async () => {
  const upload = '/v1/content/photo/1/binaries/original';
  await call('PUT', '/v1/content/photo/1', { fields: {} });
  for (const [operationId, answer] of [
    ['putContent', await put('1')],
    ['putContent', await put('1')],
    ['getContent', await call('GET', '/v1/content/story/1')],
    ['listContent', await call('GET', '/v1/content/story')],
    ['uploadBinary', await call('POST', upload)],
  ] as const) {
    expect([operationId, documented(operationId, answer)]).toEqual([operationId, answer.body]);
  }
});
