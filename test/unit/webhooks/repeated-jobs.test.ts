import { expect, test } from '@jest/globals';
import { work } from '../../../lambdas/webhooks/post-worker.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

const target = 'https://example.org/webhooks';

/** The due pass sends jobs with a delay until their time: one that comes long before is a repeat. */
test.each([
  ['hours', 3_600_000, 0],
  ['just more than half a minute', 30_001, 0],
  ['half a minute', 30_000, 1],
])(
  'a job of a retry that the due index holds for %s (%i ms) makes %i posts',
  async (_ahead, aheadMs, further) => {
    const app = new WebhooksApp();
    const hook = await app.hook({ retry: { retries: 1, retryInterval: 7_200 } });
    app.receivers.set(target, () => answers.refused(500));
    const event = app.emit();
    await app.drain();
    const { ulid: delivery, nextAttemptAt = 0, due } = await app.delivery(event, hook);
    expect(due).toBe(true);
    app.clock.advanceTo(nextAttemptAt - aheadMs);
    await work(app.parts(), { kind: 'post', hook: hook.ulid, delivery, tries: 1 });
    expect(app.posts).toHaveLength(1 + further);
    expect(await app.delivery(event, hook)).toMatchObject({ tries: 1 + further });
  },
);
