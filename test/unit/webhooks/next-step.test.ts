import { expect, test } from '@jest/globals';
import { work } from '../../../lambdas/webhooks/post-worker.ts';
import type { Poster } from '../../../lambdas/webhooks/poster.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

test('a delivery names the target that it was posted to last', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook({ retry: { retries: 2, retryInterval: 3_600 } });
  const moved = 'https://moved.example.org/webhooks';
  app.receivers.set(hook.target, () => answers.refused(500));
  const event = app.emit();
  await app.drain();
  expect(await app.delivery(event, hook)).toMatchObject({ target: hook.target, tries: 1 });
  await app.hooks.replace({ ...(await app.now(hook)), target: moved });
  expect(await app.delivery(event, hook)).toMatchObject({ target: hook.target });
  await app.settle();
  expect(app.posts.map(({ target }) => target)).toEqual([hook.target, moved]);
  expect(await app.delivery(event, hook)).toMatchObject({ status: 'delivered', target: moved });
});

test('what others change of a delivery while it is posted stays', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook();
  const event = app.emit();
  await app.handlers().events({ Records: app.queues.events.receive(1) }, {} as never);
  const read = await app.delivery(event, hook);
  const expiresAt = read.expiresAt + 1_000;
  const parts = app.parts();
  const poster: Poster = {
    post: async (one) => {
      await app.deliveries.replace({ ...read, expiresAt });
      return parts.poster.post(one);
    },
  };
  await work(
    { ...parts, poster },
    { kind: 'post', hook: hook.ulid, delivery: read.ulid, tries: 0 },
  );
  expect(await app.delivery(event, hook)).toMatchObject({
    status: 'delivered',
    tries: 1,
    expiresAt,
  });
});
