import { beforeEach, expect, test } from '@jest/globals';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { setGoing } from '../../../lambdas/webhooks/set-going.ts';
import { faultsAt } from '../../support/faulty.ts';
import type { FaultPlan } from '../../support/faulty.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp();
});

/** Deliveries that have failed, of a receiver that is well by now. */
async function failed(count: number, more: Partial<Hook> = {}): Promise<Hook> {
  const hook = await app.hook({ retry: { retries: 0, retryInterval: 1 }, ...more });
  app.receivers.set(hook.target, () => answers.refused(500));
  for (let nth = 0; nth < count; nth += 1) app.emit();
  await app.drain();
  app.receivers.delete(hook.target);
  app.posts.length = 0;
  return hook;
}

async function setAllGoing(faults?: FaultPlan): Promise<number> {
  const { deliveries, posts: postJobs, pace, settings } = app.parts(faults);
  const { now } = app.clock;
  const { retentionDays } = settings;
  return setGoing(
    { deliveries, postJobs, now, pace, retentionDays },
    app.deliveries.all().map((delivery) => ({ delivery, epoch: 0 })),
    { single: false },
  );
}

test('what is set going is posted by its job alone, however soon the due pass comes', async () => {
  await failed(5);
  expect(await setAllGoing()).toBe(5);
  expect(await app.duePass()).toBe(0);
  await app.drain();
  expect(app.posts).toHaveLength(5);
  app.clock.advance(200_000);
  expect(await app.duePass()).toBe(0);
});

test('what was set going without a job gets one from the due pass', async () => {
  await failed(5);
  const refused = { kind: 'refused', error: new TransientError('no') } as const;
  await expect(setAllGoing(faultsAt({ send: { 1: refused } }))).rejects.toThrow(TransientError);
  const startedAt = app.clock.now();
  await app.settle();
  expect(app.posts).toHaveLength(5);
  expect(app.clock.now() - startedAt).toBeLessThanOrEqual(150_000);
  expect(app.deliveries.all().every(({ status }) => status === 'delivered')).toBe(true);
});

test('what waits for its turn under a rate limit takes one turn, and is out of the due index', async () => {
  await failed(20, { rateLimit: { perSecond: 0.1 } });
  app.clock.advance(3_600_000);
  await setAllGoing();
  let turns = 0;
  const counting: FaultPlan = ({ method }) => {
    turns += method === 'reserve' ? 1 : 0;
    return undefined;
  };
  const { posts } = app.handlers(counting);
  for (;;) {
    const Records = app.queues.posts.receive(10);
    if (Records.length === 0) break;
    await posts({ Records }, {} as never);
    for (const { messageId } of Records) app.queues.posts.delete(messageId);
  }
  expect(app.posts).toHaveLength(1);
  const waiting = app.deliveries.all().filter(({ status }) => status === 'pending');
  expect(waiting).toHaveLength(19);
  // As its reader is told.
  const times = waiting.map(({ nextAttemptAt = 0 }) => nextAttemptAt).toSorted((a, b) => a - b);
  expect(times[0]).toBe(app.clock.now() + 10_000);
  expect(new Set(times).size).toBe(19);
  app.clock.advance(100_000);
  expect(await app.duePass()).toBe(0);
  await app.drain(counting);
  expect(app.posts).toHaveLength(20);
  expect(turns).toBe(20);
});
