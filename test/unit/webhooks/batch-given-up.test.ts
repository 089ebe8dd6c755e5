import { expect, test } from '@jest/globals';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';

const retry = { retries: 5, retryInterval: 5 };

/** How many deliveries there are of each kind. */
function tally(scene: LaneScene): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of scene.statuses()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test('a 410 fails the events of its post, disables the endpoint, and what else waits is held', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', time: 10 }, retry });
  scene.reply = (index) => (index === 0 ? 200 : 410);
  await scene.takeMany(2_300);
  await scene.pass(3_600_000);
  expect(scene.posts).toHaveLength(2);
  expect(tally(scene)).toEqual({ stored: 1_000, failed: 1_000, held: 300 });
  expect(await scene.hooks.read(scene.hook.ulid)).toMatchObject({
    enabled: false,
    disabledReason: 'gone',
  });
  const { deliveries } = await scene.deliveries.failures('all', { limit: 2_000 });
  expect(deliveries).toHaveLength(1_000);
  expect(deliveries.every(({ lastStatus, tries }) => lastStatus === 410 && tries === 1)).toBe(true);
});

test('after a 410 the events are on record even where exhausted ones are discarded', async () => {
  const scene = await LaneScene.with({
    delivery: { mode: 'batch', size: 2 },
    retry,
    onExhausted: 'discard',
  });
  scene.reply = () => 410;
  await scene.takeMany(2);
  await scene.pass(3_600_000);
  expect(tally(scene)).toEqual({ failed: 2 });
  const { health } = (await scene.hooks.readWithHealth(scene.hook.ulid)) ?? {};
  expect(health).toMatchObject({ exhausted: 0 });
});

test('a retry that is answered 410 fails what went with it, with all of its tries', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 2 }, retry });
  scene.reply = (index) => (index === 0 ? 500 : 410);
  await scene.takeMany(2);
  await scene.work();
  await scene.takeMany(1);
  await scene.pass(3_600_000);
  const rows = scene.deliveries.all().map(({ status, tries }) => ({ status, tries }));
  expect(rows).toEqual([
    { status: 'failed', tries: 2 },
    { status: 'failed', tries: 2 },
    { status: 'failed', tries: 1 },
  ]);
});

test('a death while events are given up leaves none held or pending', async () => {
  for (let fatal = 1; fatal <= 7; fatal += 1) {
    const scene = await LaneScene.with({ delivery: { mode: 'batch', size: 3 }, retry });
    scene.reply = () => 410;
    let replaces = 0;
    let deaths = 0;
    const plan = () => {
      replaces += 1;
      if (replaces !== fatal) return undefined;
      deaths += 1;
      return { kind: 'refused' as const, error: new Death('the function died') };
    };
    scene.wrap = (parts) => ({
      ...parts,
      deliveries: faulty(parts.deliveries, { plan: of('replace', plan) }),
    });
    await scene.takeMany(3);
    await scene.pass(3_600_000);
    expect(tally(scene)).toEqual({ failed: 3 });
    expect(deaths).toBe(fatal <= 3 ? 1 : 0);
  }
});

test('with a chain exhausted all that went with its last post is failed, or discarded', async () => {
  for (const onExhausted of ['keep', 'discard'] as const) {
    const scene = await LaneScene.with({
      delivery: { mode: 'batch', size: 2 },
      retry: { retries: 2, retryInterval: 30 },
      onExhausted,
    });
    scene.reply = () => 500;
    await scene.takeMany(2);
    await scene.work();
    await scene.takeMany(500);
    await scene.pass(31_000);
    await scene.takeMany(498);
    await scene.pass(3_600_000);
    expect(scene.posts.map(({ events }) => events.length)).toEqual([2, 502, 1_000]);
    expect(tally(scene)).toEqual({ [onExhausted === 'keep' ? 'failed' : 'discarded']: 1_000 });
    const lane = await scene.lanes.read(scene.hook.ulid);
    expect(lane).toMatchObject({ failures: 0, stored: 0 });
    expect(lane).not.toHaveProperty('oldest');
    expect(lane).not.toHaveProperty('wakeAt');
  }
});

test('what had no room in the exhausted post has retries of its own', async () => {
  const scene = await LaneScene.with({
    delivery: { mode: 'batch', time: 10 },
    retry: { retries: 1, retryInterval: 30 },
  });
  scene.reply = (index) => (index < 3 ? 500 : 200);
  const ids = await scene.takeMany(1_400);
  await scene.pass(3_600_000);
  expect(scene.posts.map(({ events }) => events.length)).toEqual([1_000, 1_000, 400, 400]);
  expect(tally(scene)).toEqual({ failed: 1_000, stored: 400 });
  expect(scene.delivered).toEqual([ids.slice(1_000)]);
});

/** A plan for one method only. */
function of<Answer>(method: string, plan: () => Answer) {
  return (call: { method: string }) => (call.method === method ? plan() : undefined);
}
