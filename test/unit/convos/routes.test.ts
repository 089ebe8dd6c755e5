import { beforeEach, describe, expect, test } from '@jest/globals';
import { convosEndpoints } from '../../../lambdas/convos/endpoints.ts';
import * as endpoints from '../../../lambdas/convos/endpoints.ts';
import { listBlocks } from '../../../lambdas/convos/block-endpoints.ts';
import { apiCall } from '../../support/api-call.ts';
import type { ApiCall } from '../../support/api-call.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import { ask, askAll } from '../../support/convos-asking.ts';
import {
  amy,
  askReply,
  askStart,
  bob,
  cat,
  messagesOf,
  on,
  reply,
  start,
  threadOf,
  threadsOf,
} from '../../support/convos-people.ts';

let app: ConvosApp;
beforeEach(() => {
  app = new ConvosApp();
});

const smile = '\u{1F600}';
const call = async (one: ApiCall) => apiCall(app.api(), { sub: 'amy', ...one });
const letter = { recipient: bob, subject: 'Lunch?', body: 'At noon.' };
const post = async (body: unknown, more: Partial<ApiCall> = {}) =>
  call({ method: 'POST', url: '/v1/messages', body, ...more });
/** Fields that an answer finds wrong. */
const wrong = ({ body }: { body: unknown }) =>
  (body as { errors?: { path: string }[] }).errors?.map(({ path }) => path);

const letterOf = (text: string) => `{"recipient":"${bob}","subject":"a","body":"${text}"}`;
/** Sends a body as it stands, which `apiCall` would write itself. */
const sendAsIs = async (text: string, url = '/v1/messages') => {
  const handler = app.api();
  return apiCall(async (event, context) => handler({ ...event, body: text }, context), {
    method: 'POST',
    url,
    sub: 'amy',
    body: {},
  });
};
const blockUrl = (ref: string) => `/v1/convos/blocks/${ref}`;

describe('a message that is wrong is 400, says where, and leaves nothing', () => {
  test.each<[string, unknown, string[]]>([
    ['no recipient', { ...letter, recipient: undefined }, ['body.recipient']],
    ['a recipient of another type', { ...letter, recipient: 'project:7' }, ['body.recipient']],
    ['a recipient of no type', { ...letter, recipient: 'bob' }, ['body.recipient']],
    ['a recipient that cannot be', { ...letter, recipient: 'user:b#b' }, ['body.recipient']],
    ['oneself as recipient', { ...letter, recipient: amy }, ['body.recipient']],
    ['no subject', { ...letter, subject: undefined }, ['body.subject']],
    ['a blank subject', { ...letter, subject: ' \u200B' }, ['body.subject']],
    ['a line feed in the subject', { ...letter, subject: 'a\nb' }, ['body.subject']],
    ['a long subject', { ...letter, subject: smile.repeat(141) }, ['body.subject']],
    ['no body', { ...letter, body: undefined }, ['body.body']],
    ['an empty body', { ...letter, body: '' }, ['body.body']],
    ['a body that is no text', { ...letter, body: 7 }, ['body.body']],
    ['a long body', { ...letter, body: 'x'.repeat(64_001) }, ['body.body']],
    ['a control character', { ...letter, body: 'a\u0000b' }, ['body.body']],
    ['half a surrogate pair', { ...letter, body: 'a\uD83Db' }, ['body.body']],
    ['a thread', { ...letter, threadId: 'thr_1' }, ['body.threadId']],
    ['several things', { recipient: amy, subject: '', body: '' }, ['body.subject', 'body.body']],
    ['a list', [letter], ['body']],
  ])('%s', async (_what, body, paths) => {
    const answer = await post(body);
    expect([answer.status, wrong(answer)]).toEqual([400, paths]);
    expect(app.stores.table.all).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['too much', 'x'.repeat(256)],
  ])('%s as Idempotency-Key', async (_what, key) => {
    const answer = await post(letter, { headers: { 'idempotency-key': key } });
    expect([answer.status, wrong(answer)]).toEqual([400, ['header.Idempotency-Key']]);
  });

  test.each([
    ['a recipient', { body: 'a', recipient: cat }, ['body.recipient']],
    ['a subject', { body: 'a', subject: 'b' }, ['body.subject']],
    ['a blank body', { body: '\u3164' }, ['body.body']],
  ])('%s in a reply', async (_what, body, paths) => {
    const { threadId } = await start(app, bob, amy);
    const answer = await call({ method: 'POST', url: `/v1/threads/${threadId}/messages`, body });
    expect([answer.status, wrong(answer)]).toEqual([400, paths]);
  });
});

describe('the largest body there is', () => {
  const largest = smile.repeat(64_000);

  test('of four-byte characters is taken as it is, and given back as it is', async () => {
    const message = await start(app, amy, bob, { body: largest });
    expect(message.body === largest).toBe(true);
    const { body } = await ask(app, bob, endpoints.getMessage, { params: { id: message.id } });
    expect((body as { body: string }).body === largest).toBe(true);
    const [thread] = await threadsOf(app, bob);
    expect(thread?.lastMessage?.bodyExcerpt).toBe(`${smile.repeat(49)}...`);
    const answer = await askReply(app, bob, message.threadId, { body: largest });
    expect(answer.status).toBe(201);
  });

  test('is taken with every character escaped, and a larger request is 413', async () => {
    const escaped = '\\ud83d\\ude00'.repeat(64_000);
    const answer = await sendAsIs(letterOf(escaped));
    expect(answer.status).toBe(201);
    expect((answer.body as { body: string }).body === largest).toBe(true);
    expect((await sendAsIs(letterOf('x'.repeat(1024 * 1024)))).status).toBe(413);
    const { threadId } = answer.body as { threadId: string };
    const replies = `/v1/threads/${threadId}/messages`;
    expect((await sendAsIs(`{"body":"${escaped}"}`, replies)).status).toBe(201);
    expect((await sendAsIs(`{"body":"${'x'.repeat(1024 * 1024)}"}`, replies)).status).toBe(413);
  });

  test('comes in lists with whole bodies as many times as an answer can carry', async () => {
    const { threadId } = await start(app, amy, bob, { body: largest });
    for (let sent = 0; sent < 17; sent += 1) await reply(app, amy, threadId, { body: largest });
    const query = { body: 'full', limit: 100 };
    const asking = { params: { id: threadId }, query };
    const { body } = await ask(app, bob, endpoints.listMessages, asking);
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(body)))).toBeLessThan(6_000_000);
    expect((body as { items: unknown[] }).items).toHaveLength(16);
    expect(await askAll(app, bob, endpoints.listMessages, asking)).toHaveLength(18);
  });
});

test('text is given back as it came, with nothing made of it', async () => {
  const body = '<b>&amp;"\\\r\n\t\'</b>\u2028\u0301 e\u0301 \u{1F468}\u200D\u{1F469} {{x}} %00';
  const subject = '<script>"\\%0a';
  const message = await start(app, amy, bob, { subject, body });
  expect(message).toMatchObject({ subject, body });
  const asking = { params: { id: message.threadId }, query: { body: 'full' } };
  const [listed] = (await askAll(app, bob, endpoints.listMessages, asking)) as { body: string }[];
  expect(listed).toMatchObject({ body });
  expect(listed).not.toHaveProperty('bodyExcerpt');
  expect((await threadOf(app, bob, message.threadId))?.lastMessage?.bodyExcerpt).toBe(body);
});

describe('lists', () => {
  test.each([
    ['/v1/threads?folder=spam', 'query.folder'],
    ['/v1/threads?folder=', 'query.folder'],
    ['/v1/threads?limit=0', 'query.limit'],
    ['/v1/threads?limit=101', 'query.limit'],
    ['/v1/threads?order=asc', 'query.order'],
    ['/v1/threads?cursor=nonsense', 'query.cursor'],
    ['/v1/threads/thr_1?folder=all', 'query.folder'],
    ['/v1/threads/thr_1?limit=3', 'query.limit'],
    ['/v1/threads/thr_1/messages?body=short', 'query.body'],
    ['/v1/threads/thr_1/messages?order=up', 'query.order'],
    ['/v1/threads/thr_1/messages?folder=inbox', 'query.folder'],
    ['/v1/convos/blocks?cursor=a.b', 'query.cursor'],
    ['/v1/convos/unread-count?x=1', 'query.x'],
  ])('%s is 400', async (url, path) => {
    const answer = await call({ method: 'GET', url });
    expect([answer.status, wrong(answer)]).toEqual([400, [path]]);
  });

  test('of threads are walked by cursors, which are of one query and caller', async () => {
    for (let made = 0; made < 5; made += 1) {
      app.clock.advance(1_000);
      await start(app, made % 2 === 0 ? amy : bob, made % 2 === 0 ? bob : amy);
    }
    const whole = await threadsOf(app, amy);
    expect(whole).toHaveLength(5);
    expect(await threadsOf(app, amy, undefined, 2)).toEqual(whole);
    expect(await threadsOf(app, amy, 'inbox', 1)).toHaveLength(2);
    const { body } = await call({ method: 'GET', url: '/v1/threads?limit=2' });
    const cursor = `cursor=${(body as { nextCursor: string }).nextCursor}`;
    expect((await call({ method: 'GET', url: `/v1/threads?limit=9&${cursor}` })).status).toBe(200);
    for (const [sub, url] of [
      ['amy', `/v1/threads?folder=inbox&${cursor}`],
      ['bob', `/v1/threads?${cursor}`],
      ['amy', `/v1/convos/blocks?${cursor}`],
      ['amy', `/v1/threads?${cursor}x`],
    ] as const) {
      expect((await call({ method: 'GET', url, sub })).status).toBe(400);
    }
  });

  test('of messages are walked in both orders, a thread comes with its 20 newest', async () => {
    const { threadId } = await start(app, amy, bob);
    for (let sent = 1; sent < 25; sent += 1) await reply(app, sent % 2 === 0 ? amy : bob, threadId);
    const whole = await messagesOf(app, amy, threadId);
    expect(whole).toHaveLength(25);
    expect(await messagesOf(app, amy, threadId, { limit: 7 })).toEqual(whole);
    const oldestFirst = await messagesOf(app, amy, threadId, { limit: 7, order: 'asc' });
    expect(oldestFirst).toEqual(whole.toReversed());
    const { body } = await ask(app, amy, endpoints.getThread, { params: { id: threadId } });
    expect((body as { messages: unknown[] }).messages).toEqual(whole.slice(0, 20));
  });

  test('of a thread outside the folder that is asked for are 404', async () => {
    const { threadId } = await start(app, amy, bob);
    expect(await threadOf(app, amy, threadId, 'inbox')).toBeUndefined();
    expect(await threadOf(app, amy, threadId, 'outbox')).toBeDefined();
    expect(await threadOf(app, bob, threadId, 'inbox')).toBeDefined();
    expect(await threadOf(app, bob, threadId, 'outbox')).toBeUndefined();
  });
});

describe('whose message or thread it is not', () => {
  const routesById = convosEndpoints.filter(({ path }) => path.includes('{id}'));

  test.each(routesById.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    '%s answers 404 as for one that is not there, also to admin',
    async (_operation, endpoint) => {
      const { id, threadId } = await start(app, amy, bob);
      const real = endpoint.path.startsWith('/v1/threads') ? threadId : id;
      const url = (one: string) => endpoint.path.replace('{id}', one);
      const body = endpoint.operationId === 'replyToThread' ? { body: 'a' } : undefined;
      const before = JSON.stringify(app.stores.table.all);
      for (const caller of [{ sub: 'cat' }, { sub: 'cat', admin: true }]) {
        const answers = [];
        for (const one of [real, real.replace(/.$/, '0'), 'nonsense', `${real}x`, '%00']) {
          const { status, body: problem } = await call({
            method: endpoint.method,
            url: url(one),
            body,
            ...caller,
          });
          answers.push({ status, detail: (problem as { detail: string }).detail });
        }
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
        expect(answers[0]?.status).toBe(404);
      }
      expect(JSON.stringify(app.stores.table.all)).toBe(before);
    },
  );

  test('one kind of id is none of the other', async () => {
    const { id, threadId } = await start(app, amy, bob);
    expect(await on(app, amy, endpoints.getMessage, threadId)).toBe(404);
    expect(await on(app, amy, endpoints.getThread, id)).toBe(404);
    expect(await on(app, amy, endpoints.getMessage, `msg_${threadId.slice(4)}`)).toBe(200);
    const moved = id.replace(/^msg_.{10}/, `msg_01KAJ0M9Y8`);
    expect(await on(app, amy, endpoints.getMessage, moved)).toBe(404);
  });
});

describe('methods that there are not', () => {
  test.each([
    ['GET', '/v1/messages'],
    ['DELETE', '/v1/messages'],
    ['PUT', '/v1/messages/msg_1'],
    ['PATCH', '/v1/messages/msg_1'],
    ['POST', '/v1/threads'],
    ['PUT', '/v1/threads/thr_1'],
    ['GET', '/v1/messages/msg_1/read'],
    ['POST', '/v1/convos/unread-count'],
    ['POST', '/v1/convos/blocks'],
  ])('%s %s is 405', async (method, url) => {
    expect((await call({ method, url })).status).toBe(405);
  });
});

describe('a block', () => {
  test.each([
    ['oneself', amy],
    ['another type', 'project:7'],
    ['no reference', 'bob'],
  ])('of %s is 400', async (_what, ref) => {
    for (const method of ['PUT', 'DELETE', 'GET']) {
      const answer = await call({ method, url: blockUrl(ref) });
      expect([answer.status, wrong(answer)]).toEqual([400, ['path.ref']]);
    }
    expect(app.stores.table.all).toEqual([]);
  });

  test('takes a reference as it is written in a path', async () => {
    const ref = 'user:b|~@+=c';
    expect((await call({ method: 'PUT', url: blockUrl(encodeURIComponent(ref)) })).status).toBe(
      200,
    );
    expect(await askAll(app, amy, listBlocks)).toMatchObject([{ ref }]);
    expect((await askStart(app, ref, amy)).status).toBe(403);
  });

  test('is lifted with 204 also where there is none', async () => {
    expect((await call({ method: 'DELETE', url: blockUrl(bob) })).status).toBe(204);
  });
});
