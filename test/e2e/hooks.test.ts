import { afterAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { changeHook, createHook, creating, deleteHooks, hookOf } from '../support/e2e/hooks.ts';
import type { Hook } from '../support/e2e/hooks.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';
import { pagesOf, walk } from '../support/e2e/walk.ts';

afterAll(deleteHooks);

const target = 'https://hooks.example/in';
/** Nobody sends such events, so nothing is posted. */
const events = ['nothing.*'];
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
const hookId = expect.stringMatching(/^hook_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
/** 32 bytes. */
const secret = expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/u);

describe('a new endpoint', () => {
  test('belongs to its maker, is enabled, and shows its secret this once', async () => {
    const ann = await newPerson('maker');
    const { status, body } = await creating(ann, { target, events });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: hookId,
      target,
      events,
      description: null,
      delivery: { mode: 'each', ordered: false },
      retry: null,
      onExhausted: 'keep',
      rateLimit: null,
      owner: ann.ref,
      enabled: true,
      createdAt: time,
      secret,
    });
    const { secret: _secret, ...shown } = body;
    expect(await hookOf(ann, body.id)).toEqual(shown);
    expect(await walk(ann, '/hooks')).toEqual([shown]);
  });

  test('has all that it was given', async () => {
    const ann = await newPerson('maker');
    const given = {
      target: 'https://hooks.example:8443/in?of=ann',
      events: ['message.sent', 'follow.*', 'article.published', '*'],
      description: 'For Ann’s phone',
      delivery: { mode: 'batch', size: 7, time: 60 },
      retry: { schedule: [1, 60, 3600] },
      onExhausted: 'discard',
      rateLimit: { perSecond: 5 },
    };
    const hook = await createHook(ann, given.target, given);
    expect(hook).toMatchObject(given);
    expect(await hookOf(ann, hook.id)).toMatchObject(given);
  });

  test('is the installation’s when admin makes it without an owner, or that owner’s', async () => {
    const operator = await admin();
    const ann = await newPerson('owner');
    const common = await createHook(operator, target, { events });
    expect(common.owner).toBeNull();
    expect((await call(ann, 'GET', `/hooks/${common.id}`)).status).toBe(404);
    const hers = await createHook(operator, target, { events, owner: ann.ref });
    expect(hers.owner).toBe(ann.ref);
    expect(await hookOf(ann, hers.id)).toMatchObject({ owner: ann.ref });
    expect(await walk<Hook>(ann, '/hooks')).toMatchObject([{ id: hers.id }]);
    const all = await walk<Hook>(operator, '/hooks', { limit: '100' });
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([common.id, hers.id]));
  });

  test('of another owner is 403 for all but admin', async () => {
    const [ann, bob] = await newPeople('owner', 2);
    expect((await creating(ann, { target, events, owner: bob.ref })).status).toBe(403);
    expect(await walk(bob, '/hooks')).toEqual([]);
  });

  test('is one, however often and parallel its request is repeated under one key', async () => {
    const ann = await newPerson('once');
    const key = { 'idempotency-key': 'k' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => creating(ann, { target, events }, key)),
    );
    const [first] = answers;
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({ status: 201, body: first?.body });
    }
    expect(first?.body.secret).toEqual(secret);
    expect(await walk<Hook>(ann, '/hooks')).toHaveLength(1);
    expect((await creating(ann, { target, events: ['*'] }, key)).status).toBe(409);
    const { body: other } = await creating(ann, { target, events });
    expect(other.id).not.toBe(first?.body.id);
    expect(other.secret).not.toBe(first?.body.secret);
  });
});

describe('a list of endpoints', () => {
  test('gives each once, newest first, and no secret', async () => {
    const ann = await newPerson('list');
    const ids: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      ids.unshift((await createHook(ann, target, { events })).id);
    }
    for (const limit of ['1', '2', '100']) {
      const pages = await pagesOf<Hook>(ann, '/hooks', { limit });
      expect(pages.flat().map(({ id }) => id)).toEqual(ids);
      expect(JSON.stringify(pages)).not.toMatch(/whsec_|secret/u);
    }
  });
});

describe('a target', () => {
  test.each([
    'http://127.0.0.1:1',
    'http://127.0.0.1:34567/in?x=1',
    'http://localhost:34567/',
    'https://hooks.example',
    'https://hooks.example:443/',
    'https://hooks.example:8000/',
    'https://hooks.example:9999/',
    'https://93.184.215.14/in',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/in',
  ])('may be %s', async (good) => {
    const ann = await newPerson('target');
    expect((await creating(ann, { target: good, events })).body.target).toEqual(expect.any(String));
  });

  test.each([
    '',
    'hooks.example/in',
    '//hooks.example/in',
    'ftp://hooks.example/in',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://user@hooks.example/',
    'https://user:word@hooks.example/',
    'https://93.184.215.14:22/',
    'https://93.184.215.14:7999/',
    'https://93.184.215.14:10000/',
    'https://hooks.example:99999/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://127.0.0.2/',
    'http://127.0.0.2:8080/',
    'https://127.2/',
    'https://2130706434/',
    'https://0x7f000002/',
    'https://0177.0.0.02/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[2002:0a00:0001::1]/',
    `https://hooks.example/${'x'.repeat(2048)}`,
  ])('may not be %s', async (bad) => {
    const [ann] = await newPeople('target', 2);
    expect(fieldsOf(await creating(ann, { target: bad, events }))).toEqual([400, 'body.target']);
    const { id } = await createHook(ann, target, { events });
    const change = await call(ann, 'PATCH', `/hooks/${id}`, { body: { target: bad } });
    expect(fieldsOf(change)).toEqual([400, 'body.target']);
    expect((await hookOf(ann, id)).target).toBe(target);
  });
});

describe('what an endpoint subscribes to', () => {
  test.each([
    ['nothing', []],
    ['an undeclared type', ['article.unpublished']],
    ['ping, which nobody subscribes to', ['ping']],
    ['a wildcard in the middle', ['article.*.x']],
    ['a wildcard at the beginning', ['*.published']],
    ['a wildcard within a word', ['article.pub*']],
    ['a wildcard without its dot', ['article*']],
    ['two wildcards', ['**']],
    ['an empty text', ['']],
    ['one bad pattern among good ones', ['*', 'Article.*']],
  ])('is 400 as %s', async (_what, bad) => {
    const ann = await newPerson('events');
    const [status, field, ...others] = fieldsOf(await creating(ann, { target, events: bad }));
    expect([status, others]).toEqual([400, []]);
    expect(field).toMatch(/^body\.events(\.\d+)?$/u);
  });
});

describe('the way of an endpoint', () => {
  test.each([
    ['delivery', { mode: 'batch' }],
    ['delivery', { mode: 'now' }],
    ['retry', { retries: 1 }],
    ['retry', { schedule: [] }],
    ['retry', { retries: 1, retryInterval: 1, schedule: [1] }],
    ['onExhausted', 'forget'],
    ['rateLimit', { perSecond: 0 }],
    ['owner', 'planet:7'],
    ['description', 'x'.repeat(501)],
  ])('is 400 with %s %j', async (name, value) => {
    const ann = await newPerson('way');
    const [status, field] = fieldsOf(await creating(ann, { target, events, [name]: value }));
    expect(status).toBe(400);
    expect(field).toMatch(new RegExp(`^body\\.${name}`, 'u'));
  });

  test.each([
    [{ mode: 'batch', size: 0 }],
    [{ mode: 'batch', size: 1001 }],
    [{ mode: 'batch', time: 0 }],
    [{ mode: 'batch', time: 86_401 }],
    [{ mode: 'batch', size: 1, ordered: true }],
    [{ mode: 'each', size: 1 }],
  ])('is 400 with delivery %j', async (delivery) => {
    const ann = await newPerson('way');
    expect((await creating(ann, { target, events, delivery })).status).toBe(400);
  });
});

describe('changing an endpoint', () => {
  test('sets what is named and leaves the rest', async () => {
    const ann = await newPerson('change');
    const { secret: _secret, ...hook } = await createHook(ann, target, {
      events,
      description: 'first',
    });
    let expected: Hook = hook;
    for (const change of [
      { target: 'https://other.example/' },
      { events: ['follow.*'] },
      { description: 'second' },
      { description: null },
      { delivery: { mode: 'each', ordered: true } },
      { delivery: { mode: 'batch', size: 3 } },
      { retry: { retries: 2, retryInterval: 1 } },
      { retry: null },
      { onExhausted: 'discard' },
      { rateLimit: { perSecond: 1 } },
      { rateLimit: null },
    ]) {
      expected = { ...expected, ...change };
      expect(await changeHook(ann, hook.id, change)).toEqual(expected);
      expect(await hookOf(ann, hook.id)).toEqual(expected);
    }
    expect(await changeHook(ann, hook.id, {})).toEqual(expected);
  });

  test('disables and enables it', async () => {
    const ann = await newPerson('change');
    const { id } = await createHook(ann, target, { events });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await changeHook(ann, id, { enabled: false })).toMatchObject({
        enabled: false,
        disabledReason: 'manual',
      });
    }
    for (let turn = 0; turn < 2; turn += 1) {
      const hook = await changeHook(ann, id, { enabled: true });
      expect(hook.enabled).toBe(true);
      expect(hook).not.toHaveProperty('disabledReason');
    }
  });

  test.each([
    [{ owner: 'user:x' }, 'body.owner'],
    [{ secret: 'whsec_x' }, 'body.secret'],
    [{ events: [] }, 'body.events'],
    [{ enabled: 'no' }, 'body.enabled'],
    [{ delivery: { mode: 'batch' } }, 'body.delivery'],
  ])('is 400 with %j', async (change, field) => {
    const ann = await newPerson('change');
    const { id } = await createHook(ann, target, { events });
    const before = await hookOf(ann, id);
    expect(fieldsOf(await call(ann, 'PATCH', `/hooks/${id}`, { body: change }))).toEqual([
      400,
      field,
    ]);
    expect(await hookOf(ann, id)).toEqual(before);
  });
});

describe('a deleted endpoint', () => {
  test('is gone for everything', async () => {
    const ann = await newPerson('gone');
    const { id } = await createHook(ann, target, { events });
    expect((await call(ann, 'DELETE', `/hooks/${id}`)).status).toBe(204);
    const since = '2026-01-01T00:00:00Z';
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { description: 'x' }],
      ['DELETE', ''],
      ['POST', '/rotate-secret', {}],
      ['POST', '/ping'],
      ['GET', '/deliveries'],
      ['POST', '/replay', { since }],
    ] as const) {
      const { status } = await call(ann, method, `/hooks/${id}${path}`, { ...(body && { body }) });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    expect(await walk(ann, '/hooks')).toEqual([]);
  });

  test('does not come back by a repeated request', async () => {
    const ann = await newPerson('gone');
    const key = { 'idempotency-key': 'k' };
    const { body } = await creating(ann, { target, events }, key);
    expect((await call(ann, 'DELETE', `/hooks/${body.id}`)).status).toBe(204);
    await creating(ann, { target, events }, key);
    expect((await call(ann, 'GET', `/hooks/${body.id}`)).status).toBe(404);
    expect(await walk(ann, '/hooks')).toEqual([]);
  });
});

test.each([
  '/hooks/',
  '/hooks/x/nowhere',
  '/deliveries',
  '/deliveries/',
  '/events/x',
  '/event-types/x',
])('an unknown path of webhooks is 404: %s', async (path) => {
  expect((await call(await admin(), 'GET', path)).status).toBe(404);
});
