import { beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import type { LaneJob } from '../../../lambdas/webhooks/contract.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { WebhooksApp } from '../../support/webhooks-app.ts';

const customTypes = [
  {
    type: 'article.published',
    description: 'An article went online.',
    schema: z.looseObject({ article: z.string() }),
    example: { article: 'article:1' },
  },
];

let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp({ customTypes });
});

const byTarget = () => app.posts.map(({ target }) => target).toSorted();

describe('matching', () => {
  test('takes an event to the installation’s hooks and those of its audience, by their patterns', async () => {
    const owners = [null, 'user:ada', 'user:bob'];
    for (const owner of owners) {
      for (const events of [['follow.created'], ['follow.*'], ['*'], ['message.sent']]) {
        await app.hook({ owner, events, target: `${String(owner)} ${String(events)}` });
      }
    }
    app.emit('follow.created', {}, ['user:ada', 'user:ada', 'user:eve']);
    await app.drain();
    expect(byTarget()).toEqual([
      'null *',
      'null follow.*',
      'null follow.created',
      'user:ada *',
      'user:ada follow.*',
      'user:ada follow.created',
    ]);
  });

  test('hands batches and ordered hooks to their lanes, without a row, and holds for disabled ones', async () => {
    const batch = await app.hook({ delivery: { mode: 'batch', size: 2 } });
    const ordered = await app.hook({ delivery: { mode: 'each', ordered: true } });
    const off = await app.hook({ delivery: { mode: 'batch', size: 2 }, enabled: false });
    const id = app.emit('follow.created', { a: 1 });
    await app.drain();
    const event = { id, type: 'follow.created', atMs: app.clock.now() };
    const payload = JSON.stringify({
      id,
      type: 'follow.created',
      timestamp: new Date(app.clock.now()).toISOString(),
      data: { a: 1 },
    });
    expect(app.laneJobs.toSorted((a, b) => (a.hook < b.hook ? -1 : 1))).toEqual(
      [batch.ulid, ordered.ulid].toSorted().map((hook) => ({ kind: 'take', hook, event, payload })),
    );
    expect(app.deliveries.all()).toMatchObject([{ hook: off.ulid, status: 'held' }]);
  });

  test('keeps a larger payload once, and posts it the same', async () => {
    const hooks = [await app.hook(), await app.hook()];
    const event = app.emit('follow.created', { text: 'ü'.repeat(600) });
    await app.drain();
    for (const hook of hooks) {
      expect((await app.delivery(event, hook)).payload).toBeUndefined();
    }
    const [one, other] = app.posts;
    expect(one?.body).toContain('ü'.repeat(600));
    expect(other?.body).toBe(one?.body);
  });
});

/** Matches what is on the bus, and posts nothing yet. */
async function matched() {
  const Records = app.queues.events.receive(10);
  await app.handlers().events({ Records }, {} as never);
  for (const { messageId } of Records) app.queues.events.delete(messageId);
}

describe('one hook whose delivery cannot be stored', () => {
  test.each([
    ['for now', new TransientError('refused')],
    ['at all', new Error('refused')],
  ])('%s keeps no other one from its post', async (_how, error) => {
    const hooks: Hook[] = [];
    for (const name of ['a', 'b', 'c']) {
      hooks.push(await app.hook({ target: `https://${name}.example` }));
    }
    const lane = await app.hook({ delivery: { mode: 'batch', size: 2 } });
    const event = app.emit();
    await app.drain(({ method, args: [delivery] }) =>
      method === 'create' && (delivery as Delivery).hook === hooks[1]?.ulid
        ? { kind: 'refused', error }
        : undefined,
    );
    expect(byTarget()).toEqual(['https://a.example', 'https://c.example']);
    expect(new Set(app.laneJobs.map(({ hook }) => hook))).toEqual(new Set([lane.ulid]));
    // Its message has come again, until it was given up.
    expect(app.deadLetters.messages()).toHaveLength(1);
    app.repeat({
      id: event,
      type: 'follow.created',
      at: new Date(Date.UTC(2026, 10, 21)).toISOString(),
      audience: [],
      data: { n: 1 },
    });
    await app.drain();
    expect(byTarget()).toEqual(['https://a.example', 'https://b.example', 'https://c.example']);
  });

  test('in its lane’s queue keeps none from theirs', async () => {
    const posted = await app.hook();
    const lanes: Hook[] = [];
    for (let at = 0; at < 3; at += 1) {
      lanes.push(await app.hook({ delivery: { mode: 'each', ordered: true } }));
    }
    app.emit();
    const isBad = (jobs: LaneJob[]) =>
      jobs.some(({ kind, hook }) => kind === 'take' && hook === lanes[1]?.ulid);
    await app.drain(({ method, args: [jobs] }) =>
      method === 'send' && isBad(jobs as LaneJob[])
        ? { kind: 'refused', error: new TransientError('refused') }
        : undefined,
    );
    expect(byTarget()).toEqual([posted.target]);
    const reached = new Set(app.laneJobs.map(({ hook }) => hook));
    expect(reached).toEqual(new Set([lanes[0]?.ulid, lanes[2]?.ulid]));
  });
});

const send = (detail: unknown, type = 'article.published') =>
  app.queues.events.send(
    JSON.stringify({
      id: '8a1b',
      source: 'cms',
      'detail-type': type,
      time: '2026-11-21T10:00:00Z',
      detail,
    }),
  );

describe('events straight from other producers', () => {
  test('get the bus’s id and time where they name none', async () => {
    await app.hook({ owner: 'user:ada' });
    send({ data: { article: 'article:1', more: true }, audience: ['user:ada'] });
    send({
      data: { article: 'article:2' },
      audience: ['user:ada'],
      id: 'a-2',
      at: '2026-11-20T00:00:00+01:00',
    });
    await app.drain();
    expect(app.posts.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        id: '8a1b',
        type: 'article.published',
        timestamp: '2026-11-21T10:00:00.000Z',
        data: { article: 'article:1', more: true },
      },
      {
        id: 'a-2',
        type: 'article.published',
        timestamp: '2026-11-19T23:00:00.000Z',
        data: { article: 'article:2' },
      },
    ]);
  });

  test('with the id of another’s event are events of their own', async () => {
    const [ada, bob] = ['user:ada', 'user:bob'] as const;
    for (const owner of [ada, bob]) await app.hook({ owner, target: `https://${owner}` });
    const secret = 'x'.repeat(600);
    send({ data: { article: 'of ada', secret }, audience: [ada], id: 'same' });
    send({ data: { article: 'of bob', secret }, audience: [bob], id: 'same' });
    await matched();
    await app.drain();
    const seen = app.posts.map(({ target, body }) => [target, body.includes('of ada')] as const);
    expect(new Map(seen)).toEqual(
      new Map([
        [`https://${ada}`, true],
        [`https://${bob}`, false],
      ]),
    );
  });

  test('with the id of an event of another type come to the same hook, too', async () => {
    await app.hook();
    app.emit('follow.created');
    send({ data: { article: 'a' }, id: 'evt_1', at: new Date(app.clock.now()).toISOString() });
    await app.drain();
    expect(app.posts.map(({ id }) => id)).toEqual(['evt_1', 'evt_1']);
  });

  test.each([
    ['of another type', { data: { article: 'article:1' } }, 'article.removed'],
    ['under one of Sequitur’s own types', { data: {} }, 'follow.created'],
    ['whose data do not fit', { data: { article: 5 } }, 'article.published'],
    ['without data', {}, 'article.published'],
    [
      'about more resources than may be looked up',
      { data: { article: 'a' }, audience: Array.from({ length: 101 }, (_, n) => `user:${n}`) },
      'article.published',
    ],
    [
      'about what is no reference',
      { data: { article: 'a' }, audience: ['user:ada', 'ada'] },
      'article.published',
    ],
    [
      'with an id that no header holds',
      { data: { article: 'a' }, id: 'a\nb' },
      'article.published',
    ],
    [
      'older than ids can tell',
      { data: { article: 'a' }, at: '1969-01-01T00:00:00Z' },
      'article.published',
    ],
  ])('%s are parked', async (_what, detail, type) => {
    await app.hook();
    send(detail, type);
    await app.drain();
    expect(app.posts).toEqual([]);
    expect(app.deadLetters.messages()).toHaveLength(1);
  });
});
