import { afterAll, describe, expect, test } from '@jest/globals';
import { send } from '../support/e2e/convos.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import {
  allSettled,
  createHook,
  deleteHooks,
  deliveriesOf,
  deliveryOf,
  failuresOf,
  hookOf,
  noRetries,
  publish,
  quickRetries,
  settled,
} from '../support/e2e/hooks.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import {
  closedPort,
  endReceivers,
  idsOf,
  newReceiver,
  posted,
  postedOnce,
  verified,
} from '../support/e2e/receivers.ts';
import { follow } from '../support/e2e/timelines.ts';
import type { Answer } from '../support/receiver.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);

test.concurrent('an event is posted as Standard Webhooks say, and is on record', async () => {
  const ann = await newPerson('signed');
  const receiver = await newReceiver([{ status: 201, headers: { 'x-why': 'new' }, body: 'ok' }]);
  const target = `${receiver.url}/in?of=ann`;
  const hook = await createHook(ann, target);
  const id = await publish(ann, { title: 'Ünïcode "quoted" 🙂' });
  const post = await postedOnce(receiver);
  expect(post).toMatchObject({ method: 'POST', path: '/in?of=ann' });
  expect(post.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json\b/u),
    'webhook-id': id,
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/u),
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/u),
  });
  const payload = {
    id,
    type: 'article.published',
    timestamp: time,
    data: { article: 'article:welcome', title: 'Ünïcode "quoted" 🙂' },
  };
  expect(verified(post, hook.secret)).toEqual(payload);
  expect(Object.keys(JSON.parse(post.body) as object)).toEqual(Object.keys(payload));
  expect(() => verified({ ...post, body: `${post.body} ` }, hook.secret)).toThrow('signature');

  const delivery = await settled(ann, hook.id, 'delivered');
  expect(delivery).toEqual({
    id: expect.stringMatching(/^del_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u),
    hook: hook.id,
    target,
    owner: ann.ref,
    event: { id, type: 'article.published' },
    status: 'delivered',
    tries: 1,
    attempts: [
      {
        at: time,
        durationMs: expect.any(Number),
        status: 201,
        responseHeaders: expect.objectContaining({ 'x-why': 'new' }),
        responseBody: 'ok',
      },
    ],
    payload,
  });
  expect(delivery.payload).toEqual(JSON.parse(post.body));
  expect(await deliveryOf(ann, delivery.id)).toEqual(delivery);
});

test.concurrent('an event reaches those whom it concerns, by their patterns, and the installation', async () => {
  const operator = await admin();
  const [ann, bob, cid] = await newPeople('matching', 3);
  const patterns = {
    exact: ['article.published'],
    prefix: ['article.*'],
    all: ['*'],
    several: ['follow.created', 'message.sent'],
    twice: ['*', 'article.published', 'article.*'],
    other: ['friendship.*', 'thread.deleted.*'],
  };
  const hooks = new Map<string, string>();
  const receiver = await newReceiver();
  for (const [name, events] of Object.entries(patterns)) {
    // A word's beginning is no prefix of it, and an undeclared type is refused elsewhere.
    const { id } = await createHook(ann, `${receiver.url}/${name}`, { events });
    hooks.set(name, id);
  }
  const { id: bobs } = await createHook(bob, `${receiver.url}/bob`, { events: ['*'] });
  const common = await createHook(operator, `${receiver.url}/common`, { events: ['*'] });

  const article = await publish(ann);
  await follow(ann, cid.ref);
  const message = await send(ann, bob);

  const typesOf = async (name: string) =>
    (await deliveriesOf(ann, hooks.get(name) ?? '')).map(({ event }) => event.type).toSorted();
  const expected = {
    exact: ['article.published'],
    prefix: ['article.published'],
    all: ['article.published', 'follow.created', 'message.sent', 'thread.created'],
    several: ['follow.created', 'message.sent'],
    twice: ['article.published', 'follow.created', 'message.sent', 'thread.created'],
    other: [],
  };
  const seen = async () => {
    for (const [name, types] of Object.entries(expected)) {
      expect([name, await typesOf(name)]).toEqual([name, types]);
    }
    const bobsTypes = (await deliveriesOf(bob, bobs)).map(({ event }) => event.type).toSorted();
    expect(bobsTypes).toEqual(['message.sent', 'thread.created']);
  };
  await eventually(seen);
  await throughout(seen);

  // Of other tests' events the installation's gets those of its time, too.
  const came = (path: string) => receiver.posts.filter((post) => post.path === path);
  await eventually(async () => {
    const ids = came('/common').map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual(expect.arrayContaining([article]));
    const bodies = came('/common').map(({ body }) => body);
    expect(bodies.filter((body) => body.includes(message.id))).not.toEqual([]);
    return Promise.resolve();
  });
  for (const post of came('/common')) verified(post, common.secret);
  const followed = came('/several').map(({ body }) => JSON.parse(body) as { data: object });
  expect(followed.map(({ data }) => data)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ follower: ann.ref, followed: cid.ref }),
      expect.objectContaining({ id: message.id, sender: ann.ref, recipient: bob.ref }),
    ]),
  );
});

describe('a failed post', () => {
  test.concurrent('is tried again with the same bytes until it succeeds', async () => {
    const ann = await newPerson('retry');
    const receiver = await newReceiver([{ status: 500 }, { status: 404 }, { status: 204 }]);
    const hook = await createHook(ann, receiver.url, { retry: quickRetries });
    // Larger than what stands in a delivery's own row.
    const id = await publish(ann, { more: { text: 'ä'.repeat(5000) } });
    const delivery = await settled(ann, hook.id, 'delivered');
    expect(delivery.tries).toBe(3);
    expect(delivery.attempts.map(({ status }) => status)).toEqual([500, 404, 204]);
    expect(delivery.attempts.map(({ error }) => error?.kind)).toEqual([
      'status',
      'status',
      undefined,
    ]);
    expect(delivery).not.toHaveProperty('nextAttemptAt');
    expect(idsOf(receiver)).toEqual([id, id, id]);
    expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1);
    for (const post of receiver.posts) {
      expect(verified(post, hook.secret)).toEqual(delivery.payload);
    }
    expect(await failuresOf(ann)).toEqual([]);
  });

  test.concurrent('is a failure on record after its last try', async () => {
    const ann = await newPerson('exhaust');
    const receiver = await newReceiver([
      { status: 500, headers: { 'x-why': 'broken' }, body: 'No.' },
    ]);
    const hook = await createHook(ann, receiver.url, { retry: quickRetries });
    const id = await publish(ann);
    const delivery = await settled(ann, hook.id, 'failed');
    expect(delivery).toMatchObject({
      tries: 3,
      event: { id, type: 'article.published' },
      payload: { id, data: { title: 'Welcome' } },
    });
    expect(delivery.attempts).toHaveLength(3);
    expect(delivery.attempts[2]).toMatchObject({
      status: 500,
      error: { kind: 'status', message: expect.any(String) },
      responseHeaders: { 'x-why': 'broken' },
      responseBody: 'No.',
    });
    await throughout(async () => {
      expect(await failuresOf(ann)).toEqual([{ ...delivery, valid: true, lastStatus: 500 }]);
      expect(idsOf(receiver)).toEqual([id, id, id]);
    });
  });

  test.concurrent('is discarded after its last try, if the endpoint says so', async () => {
    const ann = await newPerson('discard');
    const receiver = await newReceiver([{ status: 500 }]);
    const hook = await createHook(ann, receiver.url, {
      retry: { schedule: [1] },
      onExhausted: 'discard',
    });
    await publish(ann);
    expect(await settled(ann, hook.id, 'discarded')).toMatchObject({ tries: 2 });
    expect(receiver.posts).toHaveLength(2);
    expect(await failuresOf(ann)).toEqual([]);
  });

  const answers: Record<string, [Answer, object]> = {
    'of a status': [
      { status: 404, body: 'no' },
      { status: 404, error: { kind: 'status' } },
    ],
    'without an answer': [{ does: 'hang' }, { error: { kind: 'timeout' } }],
    'of a reset': [{ does: 'reset' }, { error: { kind: 'connection' } }],
    'of a reset within the body': [{ does: 'reset-mid-body' }, { error: { kind: 'connection' } }],
    'of a body without end': [{ does: 'drip' }, { error: { kind: 'timeout' } }],
    'of headers without end': [{ does: 'drip-headers' }, { error: { kind: 'timeout' } }],
    'of too many headers': [
      { does: 'header-bomb', bytes: 100_000 },
      { error: { kind: 'connection' } },
    ],
    'of what is no HTTP': [
      { does: 'raw', bytes: 'SSH-2.0\r\n' },
      { error: { kind: 'connection' } },
    ],
  };

  test.concurrent.each(Object.entries(answers))(
    'tells its kind, %s',
    async (_what, [answer, expected]) => {
      const ann = await newPerson('kind');
      const receiver = await newReceiver([answer]);
      const hook = await createHook(ann, receiver.url, { retry: noRetries });
      await publish(ann);
      const { attempts } = await settled(ann, hook.id, 'failed');
      expect(attempts).toMatchObject([expected]);
      expect(attempts[0]?.error?.message).not.toBe('');
      expect(receiver.posts).toHaveLength(1);
    },
  );

  test.concurrent('tells its kind where nobody answers, with no status', async () => {
    const ann = await newPerson('nobody');
    const plain = await newReceiver();
    const targets = {
      connection: `http://127.0.0.1:${await closedPort()}/`,
      dns: 'http://nobody.invalid/',
      tls: plain.url.replace('http:', 'https:'),
    };
    for (const [kind, target] of Object.entries(targets)) {
      const hook = await createHook(ann, target, { retry: noRetries, events: ['follow.*'] });
      targets[kind as keyof typeof targets] = hook.id;
    }
    await follow(ann, 'project:x');
    for (const [kind, hook] of Object.entries(targets)) {
      const { attempts } = await settled(ann, hook, 'failed');
      expect(attempts).toMatchObject([{ error: { kind } }]);
      expect(attempts[0]).not.toHaveProperty('status');
      expect(await failuresOf(ann, { hook })).toMatchObject([{ lastStatus: null }]);
    }
    expect(plain.posts).toEqual([]);
  });

  test.concurrent('is what a redirect is: nobody follows it', async () => {
    const ann = await newPerson('redirect');
    const elsewhere = await newReceiver();
    const hooks: string[] = [];
    for (const status of [301, 302, 303, 307, 308]) {
      const receiver = await newReceiver([{ status, headers: { location: elsewhere.url } }]);
      hooks.push((await createHook(ann, receiver.url, { retry: noRetries })).id);
    }
    await publish(ann);
    for (const hook of hooks) {
      const { attempts } = await settled(ann, hook, 'failed');
      expect(attempts).toMatchObject([
        { error: { kind: 'status' }, responseHeaders: { location: elsewhere.url } },
      ]);
    }
    expect(elsewhere.posts).toEqual([]);
    expect(elsewhere.connections()).toBe(0);
  });
});

test.concurrent('of a huge answer the status decides, and 16 KiB of a failure are kept', async () => {
  const ann = await newPerson('huge');
  const good = await newReceiver([{ does: 'huge-body', status: 200, bytes: 50_000_000 }]);
  const bad = await newReceiver([{ does: 'huge-body', status: 500, bytes: 50_000_000 }]);
  const [goodHook, badHook] = [
    await createHook(ann, good.url, { retry: noRetries }),
    await createHook(ann, bad.url, { retry: noRetries }),
  ];
  await publish(ann);
  const delivered = await settled(ann, goodHook.id, 'delivered');
  expect(delivered.attempts).toMatchObject([{ status: 200 }]);
  expect(delivered.attempts[0]?.responseBody?.length).toBeLessThanOrEqual(1024);
  const failed = await settled(ann, badHook.id, 'failed');
  expect(failed.attempts).toMatchObject([{ status: 500, error: { kind: 'status' } }]);
  expect(failed.attempts[0]?.responseBody).toBe('h'.repeat(16 * 1024));
});

test.concurrent('Retry-After puts a retry off, up to twice its delay and for 429 and 503 only', async () => {
  const ann = await newPerson('later');
  const cases = [
    { status: 503, asked: '400', expected: 400 },
    { status: 429, asked: '400', expected: 400 },
    { status: 503, asked: '1', expected: 300 },
    { status: 503, asked: '999999', expected: 600 },
    { status: 503, asked: 'soon', expected: 300 },
    { status: 500, asked: '400', expected: 300 },
  ];
  const hooks: string[] = [];
  for (const { status, asked } of cases) {
    const receiver = await newReceiver([{ status, headers: { 'retry-after': asked } }]);
    const retry = { retries: 1, retryInterval: 300 };
    hooks.push((await createHook(ann, receiver.url, { retry })).id);
  }
  await publish(ann);
  const seconds: number[] = [];
  for (const hook of hooks) {
    await eventually(async () => {
      expect(await deliveriesOf(ann, hook)).toMatchObject([{ status: 'pending', tries: 1 }]);
    });
    const [delivery] = await deliveriesOf(ann, hook);
    const ended =
      Date.parse(delivery?.attempts[0]?.at ?? '') + (delivery?.attempts[0]?.durationMs ?? 0);
    seconds.push((Date.parse(delivery?.nextAttemptAt ?? '') - ended) / 1000);
  }
  // Asked for when the answer had come, which takes a moment to be put on record.
  for (const [index, { expected }] of cases.entries()) {
    expect(seconds[index]).toBeGreaterThan(expected - 5);
    expect(seconds[index]).toBeLessThan(expected + 20);
  }
});

test.concurrent('410 disables the endpoint: that delivery failed, what waits is held', async () => {
  const ann = await newPerson('gone');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, { retry: { retries: 1, retryInterval: 300 } });
  const news = await newReceiver();
  await createHook(ann, news.url, { events: ['hook.disabled'] });
  await publish(ann, { title: 'first' });
  await posted(receiver, 1);
  await allSettled(ann, hook.id, ['pending']);
  receiver.script([{ status: 410 }]);
  await publish(ann, { title: 'second' });
  await allSettled(ann, hook.id, ['failed', 'held']);
  expect(await hookOf(ann, hook.id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
  expect(await failuresOf(ann)).toMatchObject([{ lastStatus: 410, tries: 1 }]);

  const told = await postedOnce(news);
  expect(JSON.parse(told.body)).toMatchObject({
    type: 'hook.disabled',
    data: { hook: hook.id, target: receiver.url, owner: ann.ref, reason: 'gone', percent: 100 },
  });
  await publish(ann, { title: 'third' });
  await allSettled(ann, hook.id, ['held', 'failed', 'held']);
  expect(receiver.posts).toHaveLength(2);
});
