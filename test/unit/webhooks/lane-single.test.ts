import { expect, test } from '@jest/globals';
import { LaneScene } from '../../support/lane-scene.ts';

test('an event that is taken out of its batch is due only when its job may be lost', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 3 } });
  const id = await scene.take();
  await scene.work();
  const delivery = scene.ulidOf(id);
  await scene.jobs.send([{ kind: 'single', hook: scene.hook.ulid, deliveries: [delivery] }]);
  await scene.work();
  const nowMs = scene.clock.now();
  expect(scene.singles).toMatchObject([{ delivery, tries: 0 }]);
  expect(await scene.deliveries.dueUntil(nowMs + 60_000, 10)).toEqual([]);
  expect(await scene.deliveries.dueUntil(nowMs + 90_000, 10)).toMatchObject([{ delivery }]);
  const row = await scene.deliveries.read(delivery);
  expect(row).toMatchObject({ status: 'pending', nextAttemptAt: nowMs });
});
