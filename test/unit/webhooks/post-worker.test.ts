import { beforeEach, describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import { work } from '../../../lambdas/webhooks/post-worker.ts';
import { faultsAt } from '../../support/faulty.ts';
import { Turns } from '../../support/turns.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
const target = 'https://example.org/webhooks';
const lost = { kind: 'answer lost', error: new TransientError('lost') } as const;
const died = (kind: 'refused' | 'answer lost') => ({ kind, error: new Error('died') });

let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp();
});

const gaps = () => app.posts.slice(1).map(({ atMs }, at) => atMs - (app.posts[at]?.atMs ?? 0));

describe('a delivery', () => {
  test('is posted once when it succeeds, with the event’s id and all live secrets', async () => {
    const endsAt = app.clock.now();
    const secrets = [
      { sealed: 'new' },
      { sealed: 'old', endsAt: endsAt + 1 },
      { sealed: 'x', endsAt },
    ];
    const hook = await app.hook({ secrets });
    const event = app.emit('follow.created', { a: 'ä' });
    await app.settle();
    const body = JSON.stringify({
      id: event,
      type: 'follow.created',
      timestamp: '2026-11-21T00:00:00.000Z',
      data: { a: 'ä' },
    });
    expect(app.posts).toMatchObject([
      { target, id: event, body, secrets: ['whsec_new', 'whsec_old'] },
    ]);
    const delivery = await app.delivery(event, hook);
    expect(delivery).toMatchObject({ status: 'delivered', tries: 1, attempts: [{ status: 200 }] });
    expect(delivery.nextAttemptAt).toBeUndefined();
    expect(app.counts.get('WebhooksDelivered')).toBe(1);
  });

  test.each([
    ['a status', answers.refused(500)],
    ['a redirect', answers.refused(302)],
    ['a time-out', answers.failing('timeout')],
    ['no name', answers.failing('dns')],
    ['TLS', answers.failing('tls')],
    ['a lost connection', answers.failing('connection')],
    ['a blocked address', answers.failing('blocked')],
  ])('that fails by %s is retried by the schedule, jittered by a fifth', async (_what, answer) => {
    const hook = await app.hook();
    app.receivers.set(target, () => answer);
    const event = app.emit();
    await app.settle();
    expect(app.posts).toHaveLength(schedule.length + 1);
    for (const [at, gap] of gaps().entries()) {
      const seconds = schedule[at] ?? 0;
      // Queues and the due pass count whole seconds, never too few.
      expect(gap).toBeGreaterThanOrEqual(seconds * 800);
      expect(gap).toBeLessThanOrEqual(seconds * 1_200 + 1_000);
    }
    expect(gaps()).not.toEqual(schedule.map((seconds) => seconds * 1000));
    const status = 'status' in answer ? answer.status : null;
    const delivery = await app.delivery(event, hook);
    expect(delivery).toMatchObject({ status: 'failed', tries: 8, lastStatus: status });
    expect(delivery.attempts).toHaveLength(8);
    expect(new Set(app.posts.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(app.counts.get('WebhooksExhausted')).toBe(1);
  });

  test.each([0, 1, 3])(
    'with %d retries and an interval is posted once more than that',
    async (retries) => {
      await app.hook({ retry: { retries, retryInterval: 60 } });
      app.receivers.set(target, () => answers.refused(500));
      app.emit();
      await app.settle();
      expect(gaps()).toEqual(Array.from({ length: retries }, () => 60_000));
    },
  );

  test('goes on to success, and its failures are forgotten', async () => {
    const hook = await app.hook();
    app.receivers.set(target, () => (app.posts.length < 3 ? answers.refused(503) : answers.ok));
    const event = app.emit();
    await app.settle();
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'delivered', tries: 4 });
    expect(await app.health(hook)).toMatchObject({ exhausted: 0, timeouts: 0, warned: false });
    expect((await app.health(hook)).failingSince).toBeUndefined();
  });

  test.each([
    [1, 60],
    [90, 90],
    [10_000, 120],
  ])('told to come back after %d seconds comes after %d', async (asked, waited) => {
    await app.hook({ retry: { retries: 1, retryInterval: 60 } });
    app.receivers.set(target, () => answers.refused(429, { retryAfterSeconds: asked }));
    app.emit();
    await app.settle();
    expect(gaps()).toEqual([waited * 1_000]);
  });

  test('is discarded after its last try when its hook keeps none', async () => {
    const hook = await app.hook({
      onExhausted: 'discard',
      retry: { retries: 0, retryInterval: 1 },
    });
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    await app.settle();
    const delivery = await app.delivery(event, hook);
    expect(delivery.status).toBe('discarded');
    expect(delivery.lastStatus).toBeUndefined();
  });

  test('retried singly is posted once, whatever the schedule says, and counts as exhausted once', async () => {
    const hook = await app.hook({ retry: { retries: 0, retryInterval: 1 } });
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    await app.settle();
    const { ulid: delivery } = await app.delivery(event, hook);
    const again = (tries: number) =>
      ({ kind: 'post', hook: hook.ulid, delivery, tries, single: true }) as const;
    await work(app.parts(), again(1));
    await app.settle();
    expect(app.posts).toHaveLength(2);
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
    expect((await app.health(hook)).exhausted).toBe(1);
    app.receivers.delete(target);
    await work(app.parts(), again(1));
    expect(app.posts).toHaveLength(2);
    await work(app.parts(), again(2));
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'delivered', tries: 3 });
    expect((await app.delivery(event, hook)).lastStatus).toBeUndefined();
  });
});

describe('the hook', () => {
  test('is disabled by a 410: that delivery failed, what waits is held', async () => {
    const hook = await app.hook();
    app.receivers.set(target, () => answers.refused(500));
    const waiting = app.emit('follow.created', 'waits');
    const { events, posts } = app.handlers();
    for (const queue of ['events', 'posts'] as const) {
      const Records = app.queues[queue].receive(10);
      await (queue === 'events' ? events : posts)({ Records }, {} as never);
      for (const { messageId } of Records) app.queues[queue].delete(messageId);
    }
    app.receivers.set(target, () => answers.refused(410));
    const gone = app.emit('follow.created', 'gone');
    await app.settle();
    const other = app.emit('follow.created', 'other');
    await app.settle();
    expect(await app.now(hook)).toMatchObject({ enabled: false, disabledReason: 'gone', epoch: 1 });
    const after = [waiting, gone, other].map(async (id) => (await app.delivery(id, hook)).status);
    expect((await Promise.all(after)).toSorted()).toEqual(['failed', 'held', 'held']);
    expect(await app.delivery(gone, hook)).toMatchObject({ status: 'failed', lastStatus: 410 });
    expect(app.counts.get('HooksDisabled')).toBe(1);
  });

  test('while disabled holds its events for their days, and sends nothing when enabled again', async () => {
    const hook = await app.hook();
    app.receivers.set(target, () => answers.refused(500));
    const before = app.emit();
    const { events, posts } = app.handlers();
    const first = app.queues.events.receive(1);
    await events({ Records: first }, {} as never);
    for (const { messageId } of first) app.queues.events.delete(messageId);
    await app.disable(hook);
    const during = app.emit();
    const Records = app.queues.events.receive(1);
    await events({ Records }, {} as never);
    for (const { messageId } of Records) app.queues.events.delete(messageId);
    await app.enable(hook);
    await app.drain();
    expect(posts).toBeDefined();
    expect(app.posts).toEqual([]);
    const expiresAt = app.clock.now() / 1000 + 7 * 86_400;
    for (const id of [before, during]) {
      expect(await app.delivery(id, hook)).toMatchObject({ status: 'held', expiresAt, tries: 0 });
    }
    app.receivers.delete(target);
    app.emit();
    await app.drain();
    expect(app.posts).toHaveLength(1);
  });

  test('deleted in between leaves its deliveries discarded', async () => {
    const hook = await app.hook();
    const event = app.emit();
    const { events } = app.handlers();
    const Records = app.queues.events.receive(1);
    await events({ Records }, {} as never);
    for (const { messageId } of Records) app.queues.events.delete(messageId);
    await app.hooks.remove(await app.now(hook));
    await app.drain();
    expect(app.posts).toEqual([]);
    expect((await app.delivery(event, hook)).status).toBe('discarded');
  });

  test('with nothing but failures is warned about after 2.5 days and disabled after 5, once each', async () => {
    const hook = await app.hook();
    app.receivers.set(target, () => answers.refused(500));
    const dayMs = 24 * 3_600_000;
    const since = app.clock.now();
    let lastEnabled = 0;
    let firstWarned = Infinity;
    while ((await app.now(hook)).enabled) {
      lastEnabled = app.clock.now() - since;
      app.emit();
      await app.drain();
      if ((await app.health(hook)).warned) {
        firstWarned = Math.min(firstWarned, app.clock.now() - since);
      }
      app.clock.advance(3_600_000);
    }
    expect(lastEnabled).toBeLessThan(5 * dayMs + 3_600_000);
    expect(app.clock.now() - since).toBeGreaterThan(5 * dayMs);
    expect(firstWarned).toBeGreaterThanOrEqual(2.5 * dayMs);
    expect(firstWarned).toBeLessThan(2.5 * dayMs + 3 * 3_600_000);
    expect(await app.now(hook)).toMatchObject({
      enabled: false,
      disabledReason: 'failing',
      epoch: 1,
    });
    const warnings = app.changes.filter(
      ({ keys, before, after }) =>
        keys['sk'] === 'HEALTH' && after?.['warned'] && !before?.['warned'],
    );
    expect(warnings).toHaveLength(1);
    expect(app.counts.get('HooksDisabled')).toBe(1);
  });

  test('is disabled after 100 deliveries in a row without success, a success in between counts anew', async () => {
    const hook = await app.hook({ retry: { retries: 0, retryInterval: 1 } });
    app.receivers.set(target, () => answers.refused(500));
    const fail = async (times: number) => {
      for (let at = 0; at < times; at += 1) app.emit();
      await app.drain();
    };
    await fail(49);
    expect((await app.health(hook)).warned).toBe(false);
    await fail(1);
    expect((await app.health(hook)).warned).toBe(true);
    app.receivers.delete(target);
    await fail(1);
    expect(await app.health(hook)).toMatchObject({ warned: false, exhausted: 0 });
    app.receivers.set(target, () => answers.refused(500));
    await fail(99);
    expect((await app.now(hook)).enabled).toBe(true);
    await fail(1);
    expect(await app.now(hook)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  });
});

describe('repeats and deaths', () => {
  test.each([
    ['before its post', { post: { 1: died('refused') } }, 1],
    ['after its post', { post: { 1: died('answer lost') } }, 2],
    ['before its row', { replace: { 1: died('refused') } }, 2],
    ['after its row', { replace: { 1: died('answer lost') } }, 1],
    ['before its next job', { send: { 1: died('refused') } }, 1],
    ['after its next job', { send: { 1: died('answer lost') } }, 1],
  ])('a worker that dies %s loses nothing', async (_when, places, firstPosts) => {
    const hook = await app.hook({ retry: { retries: 1, retryInterval: 600 } });
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    await app.handlers().events({ Records: app.queues.events.receive(1) }, {} as never);
    const job = { kind: 'post', hook: hook.ulid, tries: 0 } as const;
    const { ulid: delivery } = await app.delivery(event, hook);
    await work(app.parts(faultsAt(places)), { ...job, delivery }).catch(() => undefined);
    await app.drain();
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
    expect(new Set(app.posts.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(
      app.posts.filter(({ atMs }) => atMs < app.clock.now() - 1_000).length,
    ).toBeGreaterThanOrEqual(firstPosts);
  });

  test('passing failures of every store and queue are overcome within the run', async () => {
    const hook = await app.hook({ retry: { retries: 1, retryInterval: 5 } });
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    const once = { 1: lost, 2: lost };
    await app.drain(
      faultsAt({
        subscriptions: once,
        create: once,
        read: once,
        readWithHealth: once,
        payloads: once,
        replace: once,
        saveHealth: once,
        send: once,
      }),
    );
    await app.settle();
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
    expect(app.deadLetters.messages()).toEqual([]);
  });

  test('the answer of a row that is lost is no other worker’s: its next post is made', async () => {
    const hook = await app.hook();
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    await app.drain(faultsAt({ replace: { 1: lost, 3: lost } }));
    await app.settle();
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 8 });
    expect(app.posts).toHaveLength(8);
    // At its time, not as late as after another worker's death.
    expect(gaps()[0]).toBeLessThanOrEqual(7_000);
  });

  test('a worker whose post another has recorded goes on where that one died', async () => {
    const hook = await app.hook({ retry: { retries: 1, retryInterval: 60 } });
    app.receivers.set(target, () => {
      app.clock.advance(app.posts.length + 1);
      return answers.refused(500);
    });
    const event = app.emit();
    await app.handlers().events({ Records: app.queues.events.receive(1) }, {} as never);
    const [message] = app.queues.posts.receive(1);
    if (message) app.queues.posts.delete(message.messageId);
    const { ulid: delivery } = await app.delivery(event, hook);
    const job = { kind: 'post', hook: hook.ulid, delivery, tries: 0 } as const;
    const parts = app.parts();
    let others = 1;
    const replace = async (row: Delivery) => {
      if (others-- > 0) {
        const dying = app.parts(faultsAt({ send: { 1: died('refused') } }));
        await work(dying, job).catch(() => undefined);
      }
      return app.deliveries.replace(row);
    };
    const { deliveries } = parts;
    await work(
      {
        ...parts,
        deliveries: {
          read: async (ulid) => deliveries.read(ulid),
          payloads: async (rows) => deliveries.payloads(rows),
          replace,
        },
      },
      job,
    );
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'pending', tries: 1 });
    await app.drain();
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
  });

  test('an event that comes twice is delivered once, and its job is sent again while it is not tried', async () => {
    const hook = await app.hook();
    const detail = {
      id: 'evt_x',
      type: 'follow.created',
      at: '2026-11-21T00:00:00.000Z',
      audience: [],
      data: {},
    };
    app.repeat(detail);
    app.repeat(detail);
    await app.drain();
    app.repeat(detail);
    await app.drain();
    expect(app.posts).toHaveLength(1);
    expect(await app.delivery('evt_x', hook)).toMatchObject({ status: 'delivered', tries: 1 });
  });

  test.each(Array.from({ length: 10 }, (_seed, at) => at))(
    'two workers on the same job record one of its posts (%d)',
    async (seed) => {
      app = new WebhooksApp({ seed });
      const hook = await app.hook({ retry: { retries: 1, retryInterval: 600 } });
      app.receivers.set(target, () => {
        // No two posts take equally long.
        app.clock.advance(app.posts.length + 1);
        return answers.refused(500);
      });
      const event = app.emit();
      await app.handlers().events({ Records: app.queues.events.receive(1) }, {} as never);
      const { ulid: delivery } = await app.delivery(event, hook);
      const job = { kind: 'post', hook: hook.ulid, delivery, tries: 0 } as const;
      const turns = new Turns();
      const run = async () => work(app.parts(undefined, turns.turn), job);
      await turns.together([run, run], app.random);
      expect(await app.delivery(event, hook)).toMatchObject({
        status: 'pending',
        tries: 1,
        step: 1,
      });
      await app.drain();
      expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
      expect(app.posts.length).toBeLessThanOrEqual(3);
    },
  );
});

test('a wake goes on to the lane’s queue', async () => {
  const { ulid: hook } = await app.hook();
  const wake = { kind: 'wake', hook, at: 5 } as const;
  await work(app.parts(), wake);
  expect(app.laneJobs).toEqual([wake]);
});
