import { expect, test } from '@jest/globals';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { replay } from '../../../lambdas/webhooks/replay.ts';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';

const retry = { retries: 2, retryInterval: 30 };

/** An endpoint in order that was disabled while so many events came, and is enabled again. */
async function held(count: number, more: Partial<Hook> = {}) {
  const scene = await LaneScene.with({ delivery: { mode: 'each', ordered: true }, retry, ...more });
  await scene.disable();
  const ids = await scene.takeMany(count);
  await scene.work();
  expect(scene.statuses()).toEqual(ids.map(() => 'held'));
  await scene.change({ enabled: true, epoch: 2 });
  await scene.work();
  expect(scene.posts).toEqual([]);
  return { scene, ids };
}

async function replayAll(scene: LaneScene): Promise<number> {
  const hook = await scene.hooks.read(scene.hook.ulid);
  if (!hook) throw new Error('the hook is gone');
  const { deliveries, lanes, postJobs, laneJobs, post, settings } = scene.parts;
  const { accepted } = await replay(
    {
      deliveries,
      lanes,
      postJobs,
      laneJobs,
      now: scene.clock.now,
      pace: post.pace,
      retentionDays: settings.retentionDays,
    },
    hook,
    { since: 0, until: scene.clock.now() + 3_600_000, onlyFailed: true },
  );
  return accepted;
}

const inOrder = (ids: readonly string[]) => ids.map((id) => [id]);

test('what was held is posted in its order, one at a time, before what comes later', async () => {
  const { scene, ids } = await held(40);
  expect(await replayAll(scene)).toBe(40);
  ids.push(...(await scene.takeMany(3)));
  await scene.pass(600_000);
  expect(scene.posts.map(({ id }) => id)).toEqual(ids);
  expect(scene.singles).toEqual([]);
  expect(new Set(scene.statuses())).toEqual(new Set(['delivered']));
});

test('a failing one holds up those behind it, and its schedule begins anew', async () => {
  const { scene, ids } = await held(4);
  scene.reply = (index) => (index < 2 ? 500 : 200);
  await replayAll(scene);
  await scene.work();
  ids.push(await scene.take());
  await scene.pass(600_000);
  const [head = ''] = ids;
  expect(scene.posts.map(({ id }) => id)).toEqual([head, head, ...ids]);
  await scene.pass(3_600_000);
  expect(scene.posts).toHaveLength(7);
});

test('it goes behind what waits', async () => {
  const { scene, ids } = await held(3);
  scene.reply = (index) => (index === 0 ? 500 : 200);
  const waiting = await scene.takeMany(2);
  await scene.work();
  await replayAll(scene);
  await scene.pass(600_000);
  expect(scene.delivered).toEqual(inOrder([...waiting, ...ids]));
});

test('replays that are asked for twice at once are one', async () => {
  const { scene, ids } = await held(3);
  await replayAll(scene);
  await replayAll(scene);
  await scene.pass(600_000);
  expect(scene.delivered).toEqual(inOrder(ids));
});

test('what had failed for good is tried by the whole schedule again, and kept as long as new ones', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'each', ordered: true }, retry });
  scene.reply = (index) => (index < 5 ? 500 : 200);
  const ids = await scene.takeMany(1);
  await scene.pass(600_000);
  expect(scene.statuses()).toEqual(['failed']);
  await replayAll(scene);
  await scene.pass(600_000);
  expect(scene.delivered).toEqual(inOrder(ids));
  const [row] = scene.deliveries.all();
  expect(row?.expiresAt).toBeGreaterThan(scene.clock.now() / 1000 + 29.9 * 86_400);
});

test('a payload beside its delivery is kept as long as what is replayed', async () => {
  const scene = await LaneScene.with({ delivery: { mode: 'each', ordered: true }, retry });
  const dayMs = 86_400_000;
  scene.reply = () => 410;
  await scene.take({ bytes: 2_000 });
  await scene.work();
  scene.clock.advance(6 * dayMs);
  await scene.change({ enabled: true });
  scene.reply = () => 200;
  expect(await replayAll(scene)).toBe(1);
  await scene.work();
  expect(scene.delivered).toHaveLength(1);
  scene.clock.advance(29 * dayMs);
  const rows = scene.deliveries.all();
  expect((await scene.deliveries.payloads(rows)).size).toBe(1);
});

test('a replay before the lane knows that its hook was disabled posts each once', async () => {
  // By the time of the head's retry the lane itself holds what waits, right before it gets the replay.
  for (const lateMs of [0, 60_000]) {
    const scene = await LaneScene.with({ delivery: { mode: 'each', ordered: true }, retry });
    scene.reply = (index) => (index === 0 ? 500 : 200);
    const ids = await scene.takeMany(3);
    await scene.work();
    await scene.disable();
    await scene.change({ enabled: true, epoch: 2 });
    expect(await replayAll(scene)).toBe(3);
    scene.clock.advance(lateMs);
    await scene.pass(600_000);
    expect(scene.delivered).toEqual(inOrder(ids));
  }
});

test('deaths at any point change neither order nor number', async () => {
  for (let fatal = 1; fatal <= 16; fatal += 1) {
    const { scene, ids } = await held(4);
    scene.reply = (index) => (index === 1 ? 500 : 200);
    let calls = 0;
    const plan = ({ method }: { method: string }) => {
      if (!['replace', 'enqueue', 'dequeue', 'save'].includes(method)) return undefined;
      calls += 1;
      if (calls !== fatal) return undefined;
      return { kind: 'refused' as const, error: new Death('the function died') };
    };
    scene.wrap = (parts) => ({
      ...parts,
      lanes: faulty(parts.lanes, { plan }),
      deliveries: faulty(parts.deliveries, { plan }),
    });
    await replayAll(scene);
    await scene.pass(3_600_000);
    expect(new Set(scene.statuses())).toEqual(new Set(['delivered']));
    expect([...new Set(scene.delivered.flat())]).toEqual(ids);
    expect(calls).toBeGreaterThanOrEqual(fatal);
  }
});

test('in another mode by then, each is posted by itself; disabled, it stays at rest', async () => {
  const changed = await held(3);
  await replayAll(changed.scene);
  await changed.scene.change({ delivery: { mode: 'each', ordered: false } });
  await changed.scene.work();
  expect(changed.scene.singles).toHaveLength(3);
  expect(changed.scene.statuses()).toEqual(['pending', 'pending', 'pending']);
  const disabled = await held(3);
  await replayAll(disabled.scene);
  await disabled.scene.disable();
  await disabled.scene.pass(3_600_000);
  expect(disabled.scene.posts).toEqual([]);
  expect(disabled.scene.statuses()).toEqual(['held', 'held', 'held']);
});
