import { expect, test } from '@jest/globals';
import { sendDue } from '../../../lambdas/webhooks/due.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

test('a due pass whose index still shows what was taken out waits for it and goes on', async () => {
  const app = new WebhooksApp();
  const hook = await app.hook({ retry: { retries: 1, retryInterval: 3_600 } });
  app.receivers.set(hook.target, () => answers.refused(500));
  for (let at = 0; at < 230; at += 1) app.emit();
  await app.drain();
  app.clock.advance(3_600_000);
  const before = app.clock.now();
  const parts = app.parts();
  const { deliveries } = parts;
  const first = await deliveries.dueUntil(before, 200);
  expect(first).toHaveLength(200);
  const lagging = [first, first];
  const sent = await sendDue(
    {
      ...parts,
      deliveries: {
        dueUntil: async (atMs, limit) => lagging.shift() ?? deliveries.dueUntil(atMs, limit),
        undue: async (row) => deliveries.undue(row),
      },
    },
    before + 30_000,
  );
  expect(sent).toBe(230);
  expect(app.queues.posts.messages()).toHaveLength(230);
  expect(app.clock.now()).toBeGreaterThan(before);
});
