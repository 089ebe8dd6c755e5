import { expect, test } from '@jest/globals';
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
