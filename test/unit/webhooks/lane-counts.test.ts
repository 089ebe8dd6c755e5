import { describe, expect, test } from '@jest/globals';
import { LaneScene } from '../../support/lane-scene.ts';

const once = { retries: 1, retryInterval: 10 };

describe('in batches', () => {
  const delivery = { mode: 'batch', size: 2 } as const;

  test('each delivery of a post counts, and each post that fails', async () => {
    const scene = await LaneScene.with({ delivery, retry: once });
    scene.reply = (index) => (index === 0 ? 500 : 200);
    await scene.takeMany(2);
    await scene.pass(20_000);
    expect(scene.counts).toEqual({ WebhookTriesFailed: 1, WebhooksDelivered: 2 });
  });

  test('each delivery counts whose retries are exhausted', async () => {
    const scene = await LaneScene.with({ delivery });
    scene.reply = () => 500;
    await scene.takeMany(2);
    await scene.work();
    expect(scene.counts).toEqual({ WebhookTriesFailed: 1, WebhooksExhausted: 2 });
  });

  test('a hook that is gone counts', async () => {
    const scene = await LaneScene.with({ delivery });
    scene.reply = () => 410;
    await scene.takeMany(2);
    await scene.work();
    expect(scene.counts).toEqual({ WebhookTriesFailed: 1, HooksDisabled: 1 });
  });
});

describe('in order', () => {
  const delivery = { mode: 'each', ordered: true } as const;

  test('deliveries count, their posts that fail, and those that are exhausted', async () => {
    const scene = await LaneScene.with({ delivery, retry: once });
    scene.reply = (index) => (index < 2 ? 500 : 200);
    await scene.takeMany(2);
    await scene.pass(20_000);
    expect(scene.counts).toEqual({
      WebhookTriesFailed: 2,
      WebhooksExhausted: 1,
      WebhooksDelivered: 1,
    });
  });
});
