import { afterAll, describe, expect, test } from '@jest/globals';
import { eventTypes as ownTypes } from '../../lambdas/shared/events/registry.ts';
import { call } from '../support/e2e/api.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import {
  allSettled,
  createHook,
  deleteHooks,
  deliveriesOf,
  publishing,
  settled,
} from '../support/e2e/hooks.ts';
import { admin, newPeople, newPerson, uniqueId } from '../support/e2e/people.ts';
import { produce } from '../support/e2e/producer.ts';
import { endReceivers, newReceiver, postedOnce, verified } from '../support/e2e/receivers.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';
import { walk } from '../support/e2e/walk.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

interface ListedType {
  type: string;
  description: string;
  schema: Record<string, unknown>;
  example: unknown;
}

const article = { article: 'article:welcome', title: 'Welcome' };

describe('an event sent by the API', () => {
  test.concurrent('is delivered once, however often and parallel it is sent', async () => {
    const ann = await newPerson('once');
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url);
    const id = uniqueId('article');
    const answers = await Promise.all(Array.from({ length: 10 }, () => publishing([ann], { id })));
    for (const { status, body } of answers) expect([status, body]).toEqual([202, { id }]);
    expect((await publishing([ann], { id, title: 'Another' })).status).toBe(409);
    expect((await publishing([], { id })).status).toBe(409);
    await settled(ann, hook.id, 'delivered');
    expect((await publishing([ann], { id })).status).toBe(202);
    await throughout(async () => {
      expect(receiver.posts).toHaveLength(1);
      expect(await deliveriesOf(ann, hook.id)).toHaveLength(1);
    });
    expect(verified(await postedOnce(receiver), hook.secret)).toMatchObject({ id, data: article });
  });

  test.concurrent('has an id of its own when none is given; a key repeats its answer', async () => {
    const ann = await newPerson('key');
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url);
    const operator = await admin();
    const body = { type: 'article.published', data: article, audience: [ann.ref] };
    const headers = { 'idempotency-key': uniqueId('key') };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        call<{ id: string }>(operator, 'POST', '/events', { body, headers }),
      ),
    );
    const [first] = answers;
    expect(first?.body.id).toMatch(/^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([202, first?.body]);
    }
    const changed = { ...body, audience: [] };
    const other = await call(operator, 'POST', '/events', { body: changed, headers });
    expect(other.status).toBe(409);
    const again = await call<{ id: string }>(operator, 'POST', '/events', { body });
    expect(again.body.id).not.toBe(first?.body.id);
    const deliveries = await allSettled(ann, hook.id, ['delivered', 'delivered']);
    expect(deliveries.map(({ event }) => event.id).toSorted()).toEqual(
      [first?.body.id ?? '', again.body.id].toSorted(),
    );
  });

  test.concurrent('reaches each of its audience, and without one the installation’s endpoints only', async () => {
    const operator = await admin();
    const [ann, bob] = await newPeople('audience', 2);
    const receiver = await newReceiver();
    const hooks = [
      await createHook(ann, `${receiver.url}/ann`),
      await createHook(bob, `${receiver.url}/bob`),
    ];
    const common = await createHook(operator, `${receiver.url}/common`);
    const both = (await publishing([ann, bob, ann])).body.id;
    const nobody = (await publishing([])).body.id;
    const came = (path: string) =>
      receiver.posts
        .filter((post) => post.path === path)
        .map(({ headers }) => headers['webhook-id']);
    const seen = async () => {
      expect([came('/ann'), came('/bob')]).toEqual([[both], [both]]);
      expect(came('/common')).toEqual(expect.arrayContaining([both, nobody]));
      return Promise.resolve();
    };
    await eventually(seen);
    await throughout(seen);
    const [delivery] = await deliveriesOf(ann, hooks[0]?.id ?? '');
    expect(delivery?.owner).toBe(ann.ref);
    const installations = await deliveriesOf(operator, common.id, { limit: '100' });
    expect(installations[0]?.owner).toBeNull();
  });

  test.each([
    ['body.type', { type: 'article.unpublished' }],
    ['body.type', { type: 'follow.created' }],
    ['body.type', { type: 'hook.disabled' }],
    ['body.type', { type: 'ping' }],
    ['body.type', { type: 'article.*' }],
    ['body.type', { type: '' }],
    ['body.data.title', { data: { article: 'article:x' } }],
    ['body.data.title', { data: { article: 'article:x', title: '' } }],
    ['body.data.article', { data: { article: 7, title: 'x' } }],
    ['body.data', { data: 'text' }],
    ['body.data', { data: null }],
    ['body.data', { data: undefined }],
    ['body.audience.0', { audience: ['planet:7'] }],
    ['body.audience', { audience: 'user:x' }],
    ['body.id', { id: 'a b' }],
    ['body.id', { id: '' }],
    ['body.id', { id: 'x'.repeat(129) }],
  ])('is 400 by %s: %j', async (field, wrong) => {
    const body = { type: 'article.published', data: article, audience: ['user:x'], ...wrong };
    expect(fieldsOf(await call(await admin(), 'POST', '/events', { body }))).toEqual([400, field]);
  });

  test('is refused as one of Sequitur’s own, by that reason', async () => {
    const body = { type: 'message.sent', data: article };
    const answer = await call(await admin(), 'POST', '/events', { body });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining('Sequitur') }] },
    });
  });

  test('is 413 when the bus has no room for it, though the request is small enough', async () => {
    const text = 'x'.repeat(245 * 1024);
    expect((await publishing([], { more: { text } })).status).toBe(413);
  });

  test('may be as large as 200 KiB', async () => {
    const ann = await newPerson('large');
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url);
    const text = 'x'.repeat(200 * 1024);
    expect((await publishing([ann], { more: { text } })).status).toBe(202);
    const { data } = verified(await postedOnce(receiver), hook.secret);
    // Not by toEqual: of a difference it would print both.
    expect(data['text'] === text).toBe(true);
    await settled(ann, hook.id, 'delivered');
  });
});

describe('an event put on the bus by another system', () => {
  test.concurrent('is delivered, once for each id', async () => {
    const ann = await newPerson('bus');
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url);
    const audience = [ann.ref];
    const own = uniqueId('produced');
    const event = { audience, id: own, at: new Date().toISOString() };
    for (let turn = 0; turn < 3; turn += 1) await produce([event]);
    const [given = ''] = await produce([{ audience, id: null }]);
    await allSettled(ann, hook.id, ['delivered', 'delivered']);
    await throughout(async () => {
      const ids = receiver.posts.map((post) => verified(post, hook.secret).id);
      expect(ids.toSorted()).toEqual([own, given].toSorted());
      return Promise.resolve();
    });
    expect(verified(receiver.posts[0] ?? (await postedOnce(receiver)), hook.secret)).toMatchObject({
      type: 'article.published',
      data: article,
    });
  });

  test.concurrent('goes nowhere when it is undeclared, wrong, or pretends to be Sequitur’s own', async () => {
    const ann = await newPerson('wrong');
    const receiver = await newReceiver();
    const hook = await createHook(ann, receiver.url, { events: ['*'] });
    const audience = [ann.ref];
    const follow = {
      followId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      follower: ann.ref,
      followed: 'user:x',
      since: '2026-11-21T10:30:00.008Z',
    };
    await produce([
      { audience, type: 'article.unpublished' },
      { audience, type: 'follow.created', data: follow },
      { audience, data: { title: 'without an article' } },
      { audience, data: 'text' },
    ]);
    const [good] = await produce([{ audience }]);
    const seen = async () => {
      expect((await deliveriesOf(ann, hook.id)).map(({ event }) => event.id)).toEqual([good]);
    };
    await eventually(seen);
    await throughout(seen);
  });
});

describe('the list of event types', () => {
  test('has the domains’ own and the declared ones, each with its schema and an example', async () => {
    const ann = await newPerson('types');
    const types = await walk<ListedType>(ann, '/event-types', { limit: '100' });
    const names = types.map(({ type }) => type);
    expect(names.toSorted()).toEqual([...Object.keys(ownTypes), 'article.published'].toSorted());
    expect(types.find(({ type }) => type === 'article.published')).toMatchObject({
      description: 'An article went online.',
      schema: { type: 'object', required: ['article', 'title'] },
      example: article,
    });
    for (const { description, schema, example } of types) {
      expect(description).not.toBe('');
      expect(schema).toEqual(expect.objectContaining({ type: 'object' }));
      expect(example).toEqual(expect.any(Object));
    }
    const paged = await walk<ListedType>(ann, '/event-types', { limit: '3' });
    expect(paged.map(({ type }) => type)).toEqual(names);
  });
});
