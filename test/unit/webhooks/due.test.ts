import { beforeEach, describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { sendDue } from '../../../lambdas/webhooks/due.ts';
import { emptyLane } from '../../../lambdas/webhooks/lane.ts';
import { faultsAt } from '../../support/faulty.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';
import { newHook } from '../../support/webhook-hooks.ts';

let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp();
});

/** Deliveries whose only retry is due in an hour. */
async function waiting(count: number) {
  const hook = await app.hook({ retry: { retries: 1, retryInterval: 3_600 } });
  app.receivers.set(hook.target, () => answers.refused(500));
  const events = Array.from({ length: count }, () => app.emit());
  await app.drain();
  return { hook, events };
}

describe('the due pass', () => {
  test('sends what is due within a minute to the second, once', async () => {
    await waiting(1);
    app.clock.advance(3_540_000 - 1);
    expect(await app.duePass()).toBe(0);
    app.clock.advance(1);
    expect(await app.duePass()).toBe(1);
    expect(await app.duePass()).toBe(0);
    const before = app.clock.now();
    await app.drain();
    expect(app.posts.map(({ atMs }) => atMs)).toEqual([expect.anything(), before + 60_000]);
  });

  test('sends all of many', async () => {
    const { hook } = await waiting(450);
    app.receivers.delete(hook.target);
    app.clock.advance(3_600_000);
    expect(await app.duePass()).toBe(450);
    await app.drain();
    expect(app.posts).toHaveLength(900);
  });

  test('wakes lanes at their time', async () => {
    const { ulid: hook } = newHook();
    const at = app.clock.now() + 30_000;
    await app.laneStore.save({ ...emptyLane(hook), wakeAt: at, due: true });
    await app.duePass();
    await app.drain();
    expect(app.laneJobs).toEqual([{ kind: 'wake', hook, at }]);
    expect(app.clock.now()).toBe(at);
  });

  test('begins nothing after its deadline', async () => {
    await waiting(1);
    app.clock.advance(3_600_000);
    expect(await sendDue(app.parts(), app.clock.now())).toBe(0);
    expect(app.queues.posts.messages()).toHaveLength(0);
  });

  test.each([
    ['before it sent', { send: { 1: { kind: 'refused', error: new TransientError('no') } } }],
    ['after it sent', { undue: { 1: { kind: 'refused', error: new TransientError('no') } } }],
  ] as const)(
    'that dies %s is made up for by the next, and nothing is posted twice',
    async (_when, places) => {
      const { hook, events } = await waiting(3);
      app.clock.advance(3_600_000);
      await expect(app.duePass(faultsAt(places))).rejects.toThrow(TransientError);
      await app.drain();
      await app.duePass();
      await app.drain();
      expect(app.posts).toHaveLength(6);
      for (const event of events) {
        expect(await app.delivery(event, hook)).toMatchObject({ status: 'failed', tries: 2 });
      }
    },
  );
});
