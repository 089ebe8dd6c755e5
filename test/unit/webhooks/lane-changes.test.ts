import { expect, test } from '@jest/globals';
import { deliveryUlid } from '../../../lambdas/webhooks/delivery.ts';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';

const retry = { retries: 5, retryInterval: 30 };
const ordered = { mode: 'each', ordered: true } as const;
const daySeconds = 86_400;

test('a head whose hook was disabled and enabled before the lane heard of it is held, not posted', async () => {
  const scene = await LaneScene.with({ delivery: ordered, retry });
  scene.reply = (index) => (index === 0 ? 500 : 200);
  await scene.takeMany(2);
  await scene.work();
  await scene.disable();
  await scene.change({ enabled: true, epoch: 1 });
  scene.clock.advance(60_000);
  await scene.pass(600_000);
  expect(scene.posts).toHaveLength(1);
  expect(scene.statuses()).toEqual(['held', 'held']);
});

test('what waited when its hook was disabled is held, even if it is enabled in another mode by then', async () => {
  for (const delivery of [{ mode: 'batch', size: 5 } as const, ordered]) {
    const scene = await LaneScene.with({ delivery, retry });
    scene.reply = () => 500;
    await scene.takeMany(2);
    await scene.work();
    const posts = scene.posts.length;
    await scene.disable();
    await scene.change({ enabled: true, delivery: { mode: 'each', ordered: false } });
    await scene.pass(600_000);
    expect(scene.singles).toEqual([]);
    expect(scene.posts).toHaveLength(posts);
    expect(scene.statuses()).toEqual(['held', 'held']);
  }
});

test('what is held in a lane is kept as long as anything held', async () => {
  for (const delivery of [{ mode: 'batch', size: 5 } as const, ordered]) {
    const scene = await LaneScene.with({ delivery, retry });
    scene.reply = () => 500;
    await scene.takeMany(2);
    await scene.work();
    scene.clock.advance(10_000);
    await scene.disable();
    await scene.work();
    const until = Math.floor(scene.clock.now() / 1000) + 7 * daySeconds;
    expect(scene.deliveries.all().map(({ expiresAt }) => expiresAt)).toEqual([until, until]);
  }
});

test('payloads beside their deliveries are there for as long as those are held', async () => {
  const scene = await LaneScene.with({ delivery: ordered, retry });
  scene.wrap = (parts) => ({ ...parts, settings: { retentionDays: 3, heldDays: 30 } });
  scene.reply = () => 500;
  await scene.take({ bytes: 2_000 });
  await scene.work();
  await scene.disable();
  await scene.work();
  scene.clock.advance(29 * daySeconds * 1000);
  const [row] = scene.deliveries.all();
  expect(row).toMatchObject({ status: 'held' });
  expect((await scene.deliveries.payloads(row ? [row] : [])).size).toBe(1);
});

test('a timer that came too early is set again', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', time: 60 } });
  const id = await scene.take();
  await scene.work();
  const { wakeAt } = await scene.lanes.read(scene.hook.ulid);
  if (wakeAt === undefined) throw new Error('the lane has no timer');
  scene.timers.length = 0;
  await scene.jobs.send([{ kind: 'wake', hook: scene.hook.ulid, at: wakeAt }]);
  await scene.work();
  expect(scene.posts).toEqual([]);
  await scene.pass(61_000);
  expect(scene.delivered).toEqual([[id]]);
});

test('a flush by size that died goes on as soon as its message comes again, not by the old timer', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 2, time: 3_600 } });
  const ids = await scene.takeMany(1);
  await scene.work();
  let posts = 0;
  const plan = () => {
    posts += 1;
    const error = new Death('the function died');
    return posts === 1 ? ({ kind: 'refused', error } as const) : undefined;
  };
  scene.wrap = (parts) => ({
    ...parts,
    post: { ...parts.post, poster: faulty(parts.post.poster, { plan }) },
  });
  ids.push(...(await scene.takeMany(1)));
  await scene.pass(400_000);
  expect(posts).toBe(2);
  expect(scene.delivered).toEqual([ids]);
});

test('a hundred batches in a row that are given up disable their endpoint', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 1 } });
  scene.reply = () => 500;
  for (let n = 0; n < 99; n += 1) {
    await scene.take();
    await scene.work();
  }
  expect(await scene.hooks.read(scene.hook.ulid)).toMatchObject({ enabled: true });
  for (let n = 0; n < 2; n += 1) {
    await scene.take();
    await scene.work();
  }
  const hook = await scene.hooks.read(scene.hook.ulid);
  expect(hook).toMatchObject({ enabled: false, disabledReason: 'failing' });
  expect(scene.posts).toHaveLength(100);
});

test('single posts of everything go on in further runs until nothing waits', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 10_000 } });
  await scene.takeMany(2_500);
  await scene.work();
  const plan = ({ method }: { method: string }) => {
    if (method === 'ofHook') scene.clock.advance(15_000);
    return undefined;
  };
  scene.wrap = (parts) => ({ ...parts, deliveries: faulty(parts.deliveries, { plan }) });
  await scene.jobs.send([{ kind: 'single', hook: scene.hook.ulid }]);
  const { invocations } = scene.queue;
  await scene.work();
  expect(scene.queue.invocations - invocations).toBeGreaterThan(1);
  expect(new Set(scene.singles.map(({ delivery }) => delivery)).size).toBe(2_500);
  expect(scene.posts).toEqual([]);
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 0 });
});

test('a first post that the matcher died before is made although its endpoint has got a lane since', async () => {
  for (const delivery of [{ mode: 'batch', size: 5 } as const, ordered]) {
    const scene = await LaneScene.with({ delivery });
    const atMs = scene.clock.now();
    const event = { id: 'evt_a', type: 'follow.created', atMs };
    const ulid = deliveryUlid(scene.hook.ulid, event);
    const { owner, target, epoch } = scene.hook;
    const expiresAt = Math.floor(atMs / 1000) + daySeconds;
    await scene.deliveries.create(
      {
        ulid,
        hook: scene.hook.ulid,
        owner,
        target,
        event,
        epoch,
        expiresAt,
        status: 'pending',
        tries: 0,
        step: 0,
        attempts: [],
        version: 0,
      },
      '{}',
      true,
    );
    const delays: (number | undefined)[] = [];
    scene.wrap = (parts) => ({
      ...parts,
      postJobs: {
        send: async (jobs, delay) => {
          delays.push(delay);
          await parts.postJobs.send(jobs, delay);
        },
      },
    });
    await scene.take({ id: 'evt_a', atMs });
    await scene.work();
    expect(scene.singles).toEqual([
      { kind: 'post', hook: scene.hook.ulid, delivery: ulid, tries: 0 },
    ]);
    // Behind a post of the first job, if it was sent.
    expect(delays).toEqual([20]);
    expect(scene.posts).toEqual([]);
  }
});
