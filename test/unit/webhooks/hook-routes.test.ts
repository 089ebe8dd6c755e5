import { beforeEach, describe, expect, test } from '@jest/globals';
import { hookEndpoints } from '../../../lambdas/webhooks/hook-endpoints.ts';
import { hookRoutes } from '../../../lambdas/webhooks/hook-routes.ts';
import { madeHook, ulidOf, webhookApi } from '../../support/webhook-api.ts';
import type { ToldHook, WebhookApi } from '../../support/webhook-api.ts';
import { newHook } from '../../support/webhook-hooks.ts';

let api: WebhookApi;
beforeEach(() => {
  api = webhookApi();
});

const target = 'https://example.org/webhooks';
const body = { target, events: ['follow.*', 'message.sent', '*'] };
const post = (more: Record<string, unknown> = {}, key?: string) => ({
  method: 'POST',
  url: '/v1/hooks',
  body: { ...body, ...more },
  ...(key !== undefined && { headers: { 'idempotency-key': key } }),
});
const get = (id: string) => ({ method: 'GET', url: `/v1/hooks/${id}` });

/** Endpoints that amy is told of. */
const hooksOf = async () =>
  ((await api.amy({ method: 'GET', url: '/v1/hooks' })).body as { items: unknown[] }).items;

/** Ids of all that one is told of, page by page. */
const walk = async (by: WebhookApi['amy'], limit: number): Promise<string[]> => {
  const found: string[] = [];
  let url = `/v1/hooks?limit=${limit}`;
  for (let more = true; more;) {
    const { items, nextCursor } = (await by({ method: 'GET', url })).body as {
      items: ToldHook[];
      nextCursor?: string;
    };
    found.push(...items.map(({ id }) => id));
    more = nextCursor !== undefined;
    url = `/v1/hooks?limit=${limit}&cursor=${nextCursor ?? ''}`;
  }
  return found;
};

describe('a new endpoint', () => {
  test('is answered with its defaults and, this once, its secret', async () => {
    const { status, body: told } = await api.amy(post());
    expect(status).toBe(201);
    const { secret, id, ...rest } = told as ToldHook;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toEqual({
      ...body,
      description: null,
      delivery: { mode: 'each', ordered: false },
      retry: null,
      onExhausted: 'keep',
      rateLimit: null,
      owner: 'user:amy',
      enabled: true,
      createdAt: '2026-11-21T10:30:00.000Z',
    });
    expect((await api.amy(get(id))).body).toEqual({ id, ...rest });
    const list = await api.amy({ method: 'GET', url: '/v1/hooks' });
    expect(list.body).toEqual({ items: [{ id, ...rest }] });
    expect(JSON.stringify(api.hooks.rows)).not.toContain(secret);
    expect(JSON.stringify(api.hooks.rows)).not.toContain(secret?.slice('whsec_'.length));
  });

  test.each([
    ['the caller’s', 'amy', undefined, 'user:amy'],
    ['the caller’s, who may say so', 'amy', 'user:amy', 'user:amy'],
    ['the installation’s, made by admin', 'admin', undefined, null],
    ['anybody’s, made by admin', 'admin', 'project:7', 'project:7'],
  ] as const)('is %s', async (_what, by, owner, expected) => {
    const { status, body: told } = await api[by](post(owner === undefined ? {} : { owner }));
    expect(status).toBe(201);
    expect(told).toMatchObject({ owner: expected });
  });

  test('is not made for somebody else', async () => {
    expect((await api.amy(post({ owner: 'user:bob' }))).status).toBe(403);
    expect(api.hooks.rows).toEqual([]);
  });

  test.each([
    ['an undeclared type', { events: ['follow.created', 'follow.creates'] }, 'body.events.1'],
    ['the type of pings', { events: ['ping'] }, 'body.events.0'],
    ['another form of wildcard', { events: ['follow*'] }, 'body.events.0'],
    ['a wildcard in front', { events: ['*.created'] }, 'body.events.0'],
    ['a wildcard in the middle', { events: ['a.*.b'] }, 'body.events.0'],
    ['no event', { events: [] }, 'body.events'],
    ['a private address', { target: 'https://10.0.0.1/' }, 'body.target'],
    ['a loopback address', { target: 'https://127.0.0.1/' }, 'body.target'],
    ['credentials', { target: 'https://a:b@example.org/' }, 'body.target'],
    ['a refused port', { target: 'https://example.org:22/' }, 'body.target'],
    ['http', { target: 'http://example.org/' }, 'body.target'],
    ['a batch of neither size nor time', { delivery: { mode: 'batch' } }, 'body.delivery'],
  ])('with %s is refused, and says where', async (_what, more, path) => {
    const answer = await api.amy(post(more));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ path }] });
    expect(api.hooks.rows).toEqual([]);
  });
});

const fill = async (owner: string | null, count: number) => {
  for (let nth = 0; nth < count; nth += 1) await api.hooks.create(newHook({ owner }));
};

describe('of endpoints, the most that one may have are 1,000:', () => {
  test('a further one is refused until one is deleted; others have theirs', async () => {
    await fill('user:amy', 999);
    const { id } = (await api.amy(post())).body as ToldHook;
    const refused = await api.amy(post());
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain('user:amy has 1000 endpoints');
    expect((await api.bob(post())).status).toBe(201);
    expect((await api.admin(post())).status).toBe(201);
    await api.amy({ method: 'DELETE', url: `/v1/hooks/${id}` });
    expect((await api.amy(post())).status).toBe(201);
  });

  test('the installation, too', async () => {
    await fill(null, 1_000);
    expect((await api.admin(post())).status).toBe(409);
    expect((await api.admin(post({ owner: 'project:7' }))).status).toBe(201);
  });

  test('a repeat of the last one is answered as it was', async () => {
    await fill('user:amy', 999);
    const first = await api.amy(post({}, 'one'));
    expect(await api.amy(post({}, 'one'))).toMatchObject({ status: 201, body: first.body });
    expect((await api.amy(post({}, 'two'))).status).toBe(409);
    expect((await api.amy(post({}, 'two'))).status).toBe(409);
  });
});

describe('an endpoint made with an Idempotency-Key', () => {
  test('is one with one secret, however often it is made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => api.amy(post({}, 'one'))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(await hooksOf()).toHaveLength(1);
    const [{ id, secret }] = answers.map((answer) => answer.body) as [ToldHook];
    const stored = await api.hooks.read(ulidOf({ id }));
    expect(await api.secrets.open(stored?.secrets[0]?.sealed ?? '', ulidOf({ id }))).toBe(secret);
  });

  test('gives the first answer again after it was changed, and after it was deleted', async () => {
    const first = await api.amy(post({}, 'one'));
    const { id } = first.body as ToldHook;
    await api.amy({ method: 'PATCH', url: `/v1/hooks/${id}`, body: { enabled: false } });
    expect(await api.amy(post({}, 'one'))).toMatchObject({ status: 201, body: first.body });
    expect((await api.amy(get(id))).body).toMatchObject({ enabled: false });
    await api.amy({ method: 'DELETE', url: `/v1/hooks/${id}` });
    expect(await api.amy(post({}, 'one'))).toMatchObject({ status: 201, body: first.body });
    expect((await api.amy(get(id))).status).toBe(404);
    expect(await hooksOf()).toEqual([]);
  });

  test('is refused with another body, and is another for another caller', async () => {
    await api.amy(post({}, 'one'));
    expect((await api.amy(post({ description: 'x' }, 'one'))).status).toBe(409);
    expect((await api.bob(post({}, 'one'))).body).toMatchObject({ owner: 'user:bob' });
  });

  test('of one who is admin by one token and not by the other is not both', async () => {
    await api.call({ sub: 'amy', admin: true, ...post({}, 'one') });
    expect((await api.amy(post({}, 'one'))).status).toBe(409);
  });

  test('that was refused is not remembered', async () => {
    expect((await api.amy(post({ events: ['nothing.such'] }, 'one'))).status).toBe(400);
    expect((await api.amy(post({}, 'one'))).status).toBe(201);
  });
});

describe('who may do what', () => {
  const calls = [
    ['read', (id: string) => get(id), 200],
    ['change', (id: string) => ({ method: 'PATCH', url: `/v1/hooks/${id}`, body: {} }), 200],
    ['rotate', (id: string) => ({ method: 'POST', url: `/v1/hooks/${id}/rotate-secret` }), 200],
    ['ping', (id: string) => ({ method: 'POST', url: `/v1/hooks/${id}/ping` }), 202],
    ['delete', (id: string) => ({ method: 'DELETE', url: `/v1/hooks/${id}` }), 204],
  ] as const;

  describe.each(calls)('%s', (_name, call, done) => {
    test.each([
      ['the owner', 'amy', done],
      ['admin', 'admin', done],
      ['a stranger', 'bob', 404],
    ] as const)('a user’s endpoint, by %s', async (_who, by, status) => {
      const { id } = await madeHook(api.amy);
      expect((await api[by](call(id))).status).toBe(status);
    });

    test('by a stranger changes nothing', async () => {
      const { id } = await madeHook(api.amy);
      const before = JSON.stringify(api.hooks.rows);
      await api.bob(call(id));
      expect(JSON.stringify(api.hooks.rows)).toBe(before);
      expect([...api.postJobs, ...api.laneJobs]).toEqual([]);
    });

    test.each([
      ['admin', 'admin', done],
      ['a user', 'amy', 404],
    ] as const)('the installation’s, by %s', async (_who, by, status) => {
      const { id } = await madeHook(api.admin);
      expect((await api[by](call(id))).status).toBe(status);
    });

    test.each(['nonsense', 'hook_', 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', 'hook_!'])(
      'what there is not (%s) is 404',
      async (id) => {
        expect((await api.admin(call(encodeURIComponent(id)))).status).toBe(404);
      },
    );
  });

  test('a list has one’s own, newest first, and for admin all', async () => {
    const ids: string[] = [];
    for (const by of [api.amy, api.bob, api.admin, api.amy]) {
      api.clock.advance(1_000);
      ids.unshift((await madeHook(by)).id);
    }
    for (const limit of [1, 2, 100]) {
      expect(await walk(api.amy, limit)).toEqual([ids[0], ids[3]]);
      expect(await walk(api.admin, limit)).toEqual(ids);
    }
    const { nextCursor } = (await api.admin({ method: 'GET', url: '/v1/hooks?limit=1' })).body as {
      nextCursor: string;
    };
    const url = `/v1/hooks?limit=1&cursor=${nextCursor}`;
    expect((await api.amy({ method: 'GET', url })).status).toBe(400);
  });

  test('no answer but three shows a secret', async () => {
    const { id, secret } = await madeHook(api.amy);
    for (const call of [
      get(id),
      { method: 'GET', url: '/v1/hooks' },
      { method: 'PATCH', url: `/v1/hooks/${id}`, body: { description: 'x' } },
      { method: 'POST', url: `/v1/hooks/${id}/ping` },
    ]) {
      const text = JSON.stringify(await api.amy(call));
      expect(text).not.toContain(secret);
      expect(text).not.toMatch(/secret|sealed|whsec/);
    }
  });

  test('every endpoint has a route', () => {
    const routes = hookRoutes({} as Parameters<typeof hookRoutes>[0]);
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      hookEndpoints.map(({ method, path }) => `${method} ${path}`),
    );
  });
});

describe('a ping', () => {
  test('is a delivery and a job for it, whatever the mode', async () => {
    const { id } = await madeHook(api.amy, { delivery: { mode: 'batch', size: 5 } });
    const { status, body: told } = await api.amy({ method: 'POST', url: `/v1/hooks/${id}/ping` });
    expect(status).toBe(202);
    expect(api.laneJobs).toEqual([]);
    const [job] = api.postJobs;
    if (job?.kind !== 'post') throw new Error('it is a post');
    expect(job).toEqual({ kind: 'post', hook: ulidOf({ id }), delivery: job.delivery, tries: 0 });
    const delivery = await api.deliveries.read(job.delivery);
    const event = (told as { id: string }).id;
    expect(event).toMatch(/^evt_/);
    expect(delivery).toMatchObject({
      hook: ulidOf({ id }),
      owner: 'user:amy',
      event: { id: event, type: 'ping' },
      status: 'pending',
    });
    expect(JSON.parse(delivery?.payload ?? '')).toEqual({
      id: event,
      type: 'ping',
      timestamp: '2026-11-21T10:30:00.000Z',
      data: { hook: id },
    });
  });

  test('of a disabled endpoint is 409', async () => {
    const { id } = await madeHook(api.amy);
    await api.amy({ method: 'PATCH', url: `/v1/hooks/${id}`, body: { enabled: false } });
    expect((await api.amy({ method: 'POST', url: `/v1/hooks/${id}/ping` })).status).toBe(409);
    expect(api.postJobs).toEqual([]);
  });
});
