import { expect, jest, test } from '@jest/globals';
import { postJob } from '../../../lambdas/webhooks/contract.ts';
import { work } from '../../../lambdas/webhooks/post-worker.ts';
import { memoryQueue, jobsInto } from '../../support/memory-queue.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

/** Some ten thousand jobs pass. */
jest.setTimeout(120_000);

const good = 'https://good.example';
const hanging = 'https://hanging.example';

/** Workers over one queue, in time that passes for all of them at once. */
async function worked(
  app: WebhooksApp,
  options: { workers: number; takes: (target: string) => number; untilMs: number },
) {
  const time = new SimulatedTime(app.clock.now());
  const queue = memoryQueue({ name: 'posts', now: time.now, visibilityTimeoutSeconds: 360 });
  for (const { body } of app.queues.posts.messages()) queue.send(body);
  const posts: { target: string; atMs: number }[] = [];
  const startMs = time.now();
  const base = app.parts();
  const parts = {
    ...base,
    posts: jobsInto<ReturnType<typeof postJob.parse>>(queue),
    pace: { ...base.pace, now: time.now, sleep: time.sleep },
    poster: {
      post: async ({ target }: { target: string }) => {
        const at = time.now();
        const takesMs = options.takes(target);
        posts.push({ target, atMs: at - startMs });
        await time.sleep(takesMs);
        const answer = takesMs >= 15_000 ? answers.failing('timeout') : answers.ok;
        return { attempt: { at, durationMs: takesMs, ...answer } };
      },
    },
  };
  const worker = async (): Promise<void> => {
    while (time.now() - startMs < options.untilMs) {
      const [record] = queue.receive(1);
      if (!record) await time.sleep(500);
      else {
        await work(parts, postJob.parse(JSON.parse(record.body)));
        queue.delete(record.messageId);
      }
    }
  };
  await time.run(Promise.all(Array.from({ length: options.workers }, worker)));
  return posts;
}

async function queued(app: WebhooksApp, rounds: number): Promise<void> {
  const { events } = app.handlers();
  for (let at = 0; at < rounds; at += 1) app.emit();
  for (;;) {
    const Records = app.queues.events.receive(10);
    if (Records.length === 0) return;
    await events({ Records }, {} as never);
    for (const { messageId } of Records) app.queues.events.delete(messageId);
  }
}

test('a hook that hangs for its whole time-out does not delay 1,000 deliveries to a good one', async () => {
  const app = new WebhooksApp();
  await app.hook({ target: good });
  const bad = await app.hook({ target: hanging });
  await queued(app, 1_000);
  const posts = await worked(app, {
    workers: 10,
    takes: (target) => (target === hanging ? 15_000 : 20),
    untilMs: 90_000,
  });
  const hung = posts.filter(({ target }) => target === hanging);
  const fine = posts.filter(({ target }) => target === good);
  expect(fine).toHaveLength(1_000);
  // All ten workers may have been caught once before the circuit opens; from then on it is probed only.
  const lastGoodMs = Math.max(...fine.map(({ atMs }) => atMs));
  expect(lastGoodMs).toBeLessThan(30_000);
  expect(hung.length).toBeLessThanOrEqual(10 + 90 / 15);
  expect((await app.health(bad)).timeouts).toBeGreaterThanOrEqual(5);
  const { deliveries } = await app.deliveries.ofHook(bad.ulid, { order: 'asc', limit: 2_000 });
  // Waiting for the circuit spends no retry.
  expect(deliveries.reduce((sum, { tries }) => sum + tries, 0)).toBeLessThanOrEqual(hung.length);
  expect(deliveries.every(({ status }) => status === 'pending')).toBe(true);
});

test('a hook that recovers is posted to again after its probe', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook({ target: hanging });
  await queued(app, 30);
  let heals = false;
  const posts = await worked(app, {
    workers: 5,
    takes: () => {
      heals ||= (app.counts.get('WebhookTriesFailed') ?? 0) >= 5;
      return heals ? 20 : 15_000;
    },
    untilMs: 100_000,
  });
  const { deliveries } = await app.deliveries.ofHook(hook.ulid, { order: 'asc', limit: 100 });
  expect(deliveries.filter(({ status }) => status === 'delivered')).toHaveLength(30);
  // Each of five workers may be caught twice, until the fifth time-out is counted.
  expect(posts.length).toBeLessThanOrEqual(30 + 2 * 5);
  expect(await app.health(hook)).toMatchObject({ timeouts: 0, exhausted: 0 });
});

test('a rate limit holds for many workers, and waiting for a turn spends no retry', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook({ target: good, rateLimit: { perSecond: 5 } });
  await queued(app, 100);
  const posts = await worked(app, { workers: 10, takes: () => 20, untilMs: 60_000 });
  expect(posts).toHaveLength(100);
  for (const seconds of [1, 5, 10]) {
    const inSpan = posts.map(
      ({ atMs: from }) =>
        posts.filter(({ atMs }) => atMs >= from && atMs < from + seconds * 1000).length,
    );
    // A bucket, what flows in, and a second's worth that whole seconds of the queue's delays bunch.
    expect(Math.max(...inSpan)).toBeLessThanOrEqual(5 * (seconds + 2));
  }
  expect(Math.max(...posts.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(18_000);
  const { deliveries } = await app.deliveries.ofHook(hook.ulid, { order: 'asc', limit: 200 });
  expect(deliveries.every(({ status, tries }) => status === 'delivered' && tries === 1)).toBe(true);
});

test('turns further ahead than a queue can wait keep their place in the due index', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook({ target: good, rateLimit: { perSecond: 0.001 } });
  const events = [app.emit(), app.emit(), app.emit()];
  await app.settle();
  const at = app.posts.map(({ atMs }) => atMs - (app.posts[0]?.atMs ?? 0));
  expect(at).toEqual([0, 1_000_000, 2_000_000]);
  for (const event of events) {
    expect(await app.delivery(event, hook)).toMatchObject({ status: 'delivered', tries: 1 });
  }
});
