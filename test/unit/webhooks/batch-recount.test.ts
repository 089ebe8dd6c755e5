import { expect, test } from '@jest/globals';
import { LaneScene } from '../../support/lane-scene.ts';

const hour = 3_600;

/** What came to a batch by time, which nobody counts: one event in each run. */
async function uncounted(count: number) {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', time: hour } });
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    ids.push(await scene.take());
    await scene.work();
  }
  return { scene, ids };
}

test('a batch that gets a size instead of a time goes when so much waits', async () => {
  const { scene, ids } = await uncounted(3);
  await scene.change({ delivery: { mode: 'batch', size: 5 } });
  await scene.work();
  expect(scene.posts).toEqual([]);
  ids.push(...(await scene.takeMany(2)));
  await scene.work();
  expect(scene.delivered).toEqual([ids]);
});

test('it goes at once when there is enough already', async () => {
  const { scene, ids } = await uncounted(3);
  await scene.change({ delivery: { mode: 'batch', size: 3 } });
  await scene.work();
  expect(scene.delivered).toEqual([ids]);
});

test('it is counted even if the lane was never told of the change', async () => {
  const { scene, ids } = await uncounted(3);
  const stored = await scene.hooks.read(scene.hook.ulid);
  if (!stored) throw new Error('the hook is gone');
  await scene.hooks.replace({ ...stored, delivery: { mode: 'batch', size: 4 } });
  ids.push(await scene.take());
  await scene.work();
  expect(scene.delivered).toEqual([ids]);
  const next = await scene.takeMany(4);
  await scene.work();
  expect(scene.delivered).toEqual([ids, next]);
});
