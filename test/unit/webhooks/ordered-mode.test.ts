import { expect, test } from '@jest/globals';
import { LaneScene } from '../../support/lane-scene.ts';

const ordered = (more = {}) =>
  LaneScene.with({ delivery: { mode: 'each', ordered: true }, ...more });
const retry = { retries: 2, retryInterval: 30 };

test('events are posted one by one in the order in which they came, whatever their times', async () => {
  const scene = await ordered();
  const late = await scene.take({ atMs: scene.clock.now() + 60_000 });
  const early = await scene.take({ atMs: scene.clock.now() });
  await scene.work();
  expect(scene.posts.map(({ id }) => id)).toEqual([late, early]);
  expect(scene.statuses()).toEqual(['delivered', 'delivered']);
  expect((await scene.lanes.read(scene.hook.ulid)).version).toBe(0);
});

test('a failing one blocks those behind it until it succeeds', async () => {
  const scene = await ordered({ retry });
  scene.reply = (index) => (index < 2 ? 500 : 200);
  const ids = await scene.takeMany(3);
  await scene.pass(59_000);
  expect(scene.posts.map(({ id }) => id)).toEqual([ids[0], ids[0]]);
  ids.push(await scene.take());
  await scene.pass(1_000);
  expect(scene.delivered).toEqual(ids.map((id) => [id]));
  expect(await scene.lanes.read(scene.hook.ulid)).not.toHaveProperty('blocked');
});

test('an exhausted one is failed, and the next one goes on', async () => {
  const scene = await ordered({ retry });
  scene.reply = (index) => (index < 3 ? 500 : 200);
  const ids = await scene.takeMany(2);
  await scene.pass(60_000);
  expect(scene.statuses()).toEqual(['failed', 'delivered']);
  expect(scene.delivered).toEqual([[ids[1]]]);
});

test('a retry that lies hours ahead goes by the due index', async () => {
  const scene = await ordered({ retry: { schedule: [7_200] } });
  scene.reply = (index) => (index === 0 ? 500 : 200);
  const ids = await scene.takeMany(2);
  await scene.pass(5_000_000);
  expect(scene.posts).toHaveLength(1);
  expect(scene.timers).toEqual([]);
  await scene.pass(5_000_000);
  expect(scene.delivered).toEqual(ids.map((id) => [id]));
});

test('disabled or after a 410 all that is queued is held; in another mode it is posted singly', async () => {
  const disabled = await ordered({ retry });
  disabled.reply = () => 500;
  await disabled.takeMany(3);
  await disabled.work();
  await disabled.disable();
  await disabled.pass(3_600_000);
  expect(disabled.statuses()).toEqual(['held', 'held', 'held']);
  expect(disabled.posts).toHaveLength(1);
  const gone = await ordered({ retry });
  gone.reply = () => 410;
  await gone.takeMany(3);
  await gone.pass(3_600_000);
  expect(gone.statuses()).toEqual(['failed', 'held', 'held']);
  const changed = await ordered({ retry });
  changed.reply = () => 500;
  await changed.takeMany(3);
  await changed.work();
  await changed.change({ delivery: { mode: 'batch', size: 10 } });
  await changed.work();
  expect(changed.singles.map(({ delivery, tries }) => ({ delivery, tries }))).toEqual(
    changed.deliveries.all().map(({ ulid, tries }) => ({ delivery: ulid, tries })),
  );
});

test('a rate limit makes the head wait for its turn, without a retry', async () => {
  const scene = await ordered({ rateLimit: { perSecond: 1 } });
  const ids = await scene.takeMany(4);
  await scene.pass(10_000);
  expect(scene.delivered).toEqual(ids.map((id) => [id]));
  const times = scene.posts.map(({ atMs }) => atMs - (scene.posts[0]?.atMs ?? 0));
  expect(times).toEqual([0, 1_000, 2_000, 3_000]);
});

test('an event that comes again by another message is posted once', async () => {
  const scene = await ordered();
  const atMs = scene.clock.now();
  await scene.take({ id: 'evt_a', atMs });
  await scene.pass(6 * 60_000);
  await scene.take({ id: 'evt_a', atMs });
  await scene.work();
  expect(scene.posts).toHaveLength(1);
});
