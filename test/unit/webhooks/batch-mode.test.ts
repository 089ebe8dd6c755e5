import { expect, test } from '@jest/globals';
import { LaneScene } from '../../support/lane-scene.ts';

const sized = (size: number, more = {}) =>
  LaneScene.with({ delivery: { mode: 'batch', size }, ...more });
const timed = (time: number, more = {}) =>
  LaneScene.with({ delivery: { mode: 'batch', time }, ...more });

test('as soon as the size is stored, everything stored is posted, oldest first', async () => {
  const scene = await sized(3);
  const late = await scene.take({ atMs: scene.clock.now() + 5_000 });
  const early = await scene.take({ atMs: scene.clock.now() });
  await scene.work();
  expect(scene.posts).toEqual([]);
  const middle = await scene.take({ atMs: scene.clock.now() + 1_000 });
  await scene.work();
  expect(scene.delivered).toEqual([[early, middle, late]]);
  expect(scene.posts[0]?.id).toMatch(/^batch_[0-9A-Z]{26}$/);
});

test('what an invocation brings beyond the size goes along', async () => {
  const scene = await sized(3);
  const ids = await scene.takeMany(8);
  await scene.work();
  expect(scene.delivered).toEqual([ids]);
});

test('by time everything goes so many seconds after the first was stored', async () => {
  const scene = await timed(60);
  const first = await scene.take();
  await scene.pass(59_000);
  const second = await scene.take();
  await scene.work();
  expect(scene.posts).toEqual([]);
  await scene.pass(1_000);
  expect(scene.delivered).toEqual([[first, second]]);
  await scene.pass(600_000);
  expect(scene.posts).toHaveLength(1);
});

test('a time beyond what queues can delay goes by the due index', async () => {
  const scene = await timed(24 * 60 * 60);
  const id = await scene.take();
  await scene.pass(24 * 60 * 60_000 - 60_001);
  expect(scene.timers).toEqual([]);
  await scene.pass(60_000);
  expect(scene.timers).toHaveLength(1);
  expect(scene.posts).toEqual([]);
  await scene.pass(1);
  expect(scene.delivered).toEqual([[id]]);
  expect(scene.posts[0]?.atMs).toBe(scene.clock.now());
});

test('with a size of one each event is a batch of its own as it comes', async () => {
  const scene = await sized(1);
  const ids = [await scene.take()];
  await scene.work();
  ids.push(await scene.take());
  await scene.work();
  expect(scene.delivered).toEqual(ids.map((id) => [id]));
  const together = await scene.takeMany(3);
  await scene.work();
  expect(scene.delivered.at(-1)).toEqual(together);
});

test('whichever comes first: a flush by size disarms the timer of what went with it', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 2, time: 10 } });
  const first = await scene.takeMany(1);
  await scene.pass(4_000);
  first.push(...(await scene.takeMany(1)));
  await scene.pass(1_000);
  const third = await scene.take();
  await scene.pass(9_999);
  expect(scene.delivered).toEqual([first]);
  await scene.pass(1);
  expect(scene.delivered).toEqual([first, [third]]);
  expect(scene.clock.now()).toBe(scene.posts[1]?.atMs);
});

test('the timer of what went by size comes to nothing when it rings', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 2, time: 10 } });
  const pair = await scene.takeMany(1);
  await scene.pass(1_000);
  pair.push(await scene.take());
  await scene.pass(6_000);
  expect(scene.timers).toHaveLength(1);
  const waiting = await scene.take();
  await scene.pass(3_000);
  // The first timer has rung, and the second has yet to.
  expect(scene.timers).toHaveLength(1);
  expect(scene.delivered).toEqual([pair]);
  const { wakeAt } = await scene.lanes.read(scene.hook.ulid);
  expect(wakeAt).toBe(scene.clock.now() + 7_000);
  await scene.pass(6_999);
  expect(scene.delivered).toEqual([pair]);
  await scene.pass(1);
  expect(scene.delivered).toEqual([pair, [waiting]]);
  const { version } = await scene.lanes.read(scene.hook.ulid);
  await scene.pass(3_600_000);
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ version });
});

test('a timer that comes too early, too late or for another flush posts nothing before its time', async () => {
  const scene = await timed(10);
  const id = await scene.take();
  await scene.work();
  const { wakeAt = 0 } = await scene.lanes.read(scene.hook.ulid);
  for (const at of [wakeAt, wakeAt - 5, wakeAt + 5]) {
    await scene.jobs.send([{ kind: 'wake', hook: scene.hook.ulid, at }]);
  }
  await scene.work();
  expect(scene.posts).toEqual([]);
  await scene.pass(10_000);
  await scene.jobs.send([{ kind: 'wake', hook: scene.hook.ulid, at: wakeAt }]);
  await scene.pass(60_000);
  expect(scene.delivered).toEqual([[id]]);
});

test('a lost timer is made good by the next event', async () => {
  const scene = await timed(10);
  const first = await scene.take();
  await scene.work();
  scene.timers.length = 0;
  await scene.pass(60_000);
  expect(scene.posts).toEqual([]);
  const second = await scene.take();
  await scene.work();
  expect(scene.delivered).toEqual([[first, second]]);
});

test('an event that comes again by another message is stored once', async () => {
  const scene = await sized(2);
  const atMs = scene.clock.now();
  await scene.take({ id: 'evt_a', atMs });
  await scene.pass(6 * 60_000);
  await scene.take({ id: 'evt_a', atMs });
  await scene.work();
  expect(scene.posts).toEqual([]);
  await scene.take({ id: 'evt_b' });
  await scene.pass(6 * 60_000);
  await scene.take({ id: 'evt_a', atMs });
  await scene.pass(6 * 60_000);
  expect(scene.delivered).toEqual([['evt_a', 'evt_b']]);
});

test('a failed batch is posted again after its interval, with what came meanwhile, in one chain', async () => {
  const scene = await sized(2, { retry: { retries: 3, retryInterval: 30 } });
  scene.reply = (index) => (index < 2 ? 503 : 204);
  const ids = await scene.takeMany(2);
  await scene.work();
  ids.push(...(await scene.takeMany(4)));
  await scene.pass(29_000);
  expect(scene.posts.map(({ events }) => events.length)).toEqual([2]);
  await scene.pass(1_000);
  ids.push(...(await scene.takeMany(1)));
  await scene.pass(30_000);
  expect(scene.posts.map(({ events }) => events.length)).toEqual([2, 6, 7]);
  expect(scene.delivered).toEqual([ids]);
  const lane = await scene.lanes.read(scene.hook.ulid);
  expect(lane).toMatchObject({ failures: 0, stored: 0 });
  expect(lane.wakeAt).toBeUndefined();
});

test('a retry of the same events is the same post, id and bytes', async () => {
  const scene = await sized(2, { retry: { retries: 1, retryInterval: 5 } });
  scene.reply = (index) => (index === 0 ? 'timeout' : 200);
  await scene.takeMany(2);
  await scene.pass(60_000);
  const [first, second] = scene.posts;
  expect(second).toMatchObject({ id: first?.id, body: first?.body });
});

test('after the last retry the events are failed, with the tries that each was in', async () => {
  const scene = await sized(2, { retry: { retries: 1, retryInterval: 5 } });
  scene.reply = () => 500;
  await scene.takeMany(2);
  await scene.work();
  await scene.takeMany(1);
  await scene.pass(60_000);
  const rows = scene.deliveries.all();
  expect(rows.map(({ status, tries, lastStatus }) => ({ status, tries, lastStatus }))).toEqual([
    { status: 'failed', tries: 2, lastStatus: 500 },
    { status: 'failed', tries: 2, lastStatus: 500 },
    { status: 'failed', tries: 1, lastStatus: 500 },
  ]);
  expect(scene.posts).toHaveLength(2);
});

test('without a retry policy the same is so after the first failure; discard keeps no failures', async () => {
  const kept = await sized(1);
  kept.reply = () => 'dns';
  await kept.take();
  await kept.pass(3_600_000);
  expect(kept.deliveries.all()).toMatchObject([{ status: 'failed', tries: 1, lastStatus: null }]);
  expect(kept.posts).toHaveLength(1);
  const discarded = await sized(1, { onExhausted: 'discard' });
  discarded.reply = () => 500;
  await discarded.take();
  await discarded.work();
  expect(discarded.statuses()).toEqual(['discarded']);
});

test('more than 1,000 are posted as several posts, and a failure keeps what went before it', async () => {
  const scene = await timed(10, { retry: { retries: 5, retryInterval: 20 } });
  const ids = await scene.takeMany(2_300);
  scene.reply = (index) => (index === 1 ? 500 : 200);
  await scene.pass(10_000);
  expect(scene.posts.map(({ events }) => events.length)).toEqual([1_000, 1_000]);
  const early = await scene.take({ atMs: scene.clock.now() - 3_600_000 });
  await scene.pass(20_000);
  expect(scene.posts.map(({ events }) => events.length)).toEqual([1_000, 1_000, 1_000, 301]);
  expect(scene.delivered.flat().toSorted()).toEqual([...ids, early].toSorted());
  expect(scene.delivered[1]?.[0]).toBe(early);
});

test('a post has at most 5 MB; a large event goes with the next one', async () => {
  const scene = await timed(10);
  const ids = await scene.takeMany(30, 230_000);
  await scene.pass(10_000);
  const sizes = scene.posts.map(({ body }) => Buffer.byteLength(body));
  expect(scene.posts.map(({ events }) => events.length)).toEqual([22, 8]);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 1024 * 1024);
  expect(scene.delivered.flat()).toEqual(ids);
});

test('disabled in the middle of a chain it posts nothing more, and enabling it sends nothing by itself', async () => {
  const scene = await sized(2, { retry: { retries: 5, retryInterval: 30 } });
  scene.reply = () => 500;
  await scene.takeMany(3);
  await scene.work();
  await scene.disable();
  await scene.change({ enabled: true });
  scene.reply = () => 200;
  await scene.pass(3_600_000);
  expect(scene.posts).toHaveLength(1);
  expect(scene.statuses()).toEqual(['held', 'held', 'held']);
  const ids = await scene.takeMany(2);
  await scene.work();
  expect(scene.delivered).toEqual([ids]);
});

test('deleted, what waits is discarded; in another mode, posted singly', async () => {
  const deleted = await timed(60);
  await deleted.takeMany(3);
  await deleted.work();
  await deleted.delete();
  await deleted.pass(3_600_000);
  expect(deleted.statuses()).toEqual(['discarded', 'discarded', 'discarded']);
  expect(deleted.posts).toEqual([]);
  const changed = await timed(60);
  await changed.takeMany(3);
  await changed.work();
  await changed.change({ delivery: { mode: 'each', ordered: false } });
  await changed.work();
  expect(changed.statuses()).toEqual(['pending', 'pending', 'pending']);
  expect(changed.singles.map(({ delivery }) => delivery)).toEqual(
    changed.deliveries.all().map(({ ulid }) => ulid),
  );
});

test('single events are taken out of what waits, or all of them', async () => {
  const scene = await sized(4);
  const ids = await scene.takeMany(3);
  await scene.work();
  const [first = ''] = ids;
  await scene.jobs.send([
    { kind: 'single', hook: scene.hook.ulid, deliveries: [scene.ulidOf(first)] },
  ]);
  await scene.work();
  expect(scene.singles).toHaveLength(1);
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 2 });
  const more = await scene.takeMany(2);
  await scene.work();
  expect(scene.delivered).toEqual([[...ids.slice(1), ...more]]);
  await scene.takeMany(2);
  await scene.work();
  await scene.jobs.send([{ kind: 'single', hook: scene.hook.ulid }]);
  await scene.pass(3_600_000);
  expect(scene.singles).toHaveLength(3);
  expect(scene.posts).toHaveLength(1);
});

test('a size or time that is changed counts for what waits', async () => {
  const scene = await timed(600);
  const ids = await scene.takeMany(2);
  await scene.pass(20_000);
  await scene.change({ delivery: { mode: 'batch', time: 30 } });
  await scene.pass(9_999);
  expect(scene.posts).toEqual([]);
  await scene.pass(1);
  expect(scene.delivered).toEqual([ids]);
});

test('a rate limit puts a batch off without a retry', async () => {
  const scene = await sized(1, { rateLimit: { perSecond: 0.1 } });
  const ids = [await scene.take()];
  await scene.work();
  ids.push(await scene.take());
  await scene.work();
  expect(scene.posts).toHaveLength(1);
  ids.push(await scene.take());
  await scene.pass(30_000);
  expect(scene.delivered).toEqual(ids.map((id) => [id]));
  expect(scene.posts[1]?.atMs).toBe((scene.posts[0]?.atMs ?? 0) + 10_000);
});

test('a receiver that hangs opens the circuit, and spends no more retries than were posted', async () => {
  const scene = await sized(1, { retry: { retries: 100, retryInterval: 1 } });
  scene.reply = (index) => (index < 6 ? 'timeout' : 200);
  const id = await scene.take();
  await scene.pass(3_600_000);
  expect(scene.delivered).toEqual([[id]]);
  expect(scene.posts).toHaveLength(7);
});

test('with no time left in a run the lane goes on by a message of its own', async () => {
  const scene = await timed(10);
  scene.postMs = 30_000;
  await scene.takeMany(3_500);
  await scene.pass(10_000);
  await scene.pass(600_000);
  expect(scene.delivered.map(({ length }) => length)).toEqual([1_000, 1_000, 1_000, 500]);
});
