import { expect, test } from '@jest/globals';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';
import { effectiveStatus } from '../../../lambdas/webhooks/delivery-status.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';

/** A scene in which an event's row is stored, and its message then ends in the dead-letter queue. */
async function withLost(more: Partial<Hook>, event: { id: string; atMs?: number }) {
  const scene = await LaneScene.with(more, 2);
  const alive = scene.wrap;
  let deaths = 0;
  const plan = ({ method }: { method: string }) => {
    if (method !== 'save' && method !== 'post') return undefined;
    deaths += 1;
    return { kind: 'refused' as const, error: new Death('the function died') };
  };
  scene.wrap = (parts) => ({
    ...parts,
    lanes: faulty(parts.lanes, { plan }),
    post: { ...parts.post, poster: faulty(parts.post.poster, { plan }) },
  });
  await scene.take(event);
  await scene.pass(20 * 60_000);
  expect(deaths).toBe(2);
  expect(scene.queue.deadLetters).toHaveLength(1);
  expect(scene.posts).toEqual([]);
  expect(scene.deliveries.all()).toHaveLength(1);
  scene.wrap = alive;
  return scene;
}

/** What readers see. */
async function seen(scene: LaneScene): Promise<string[]> {
  const hook = await scene.hooks.read(scene.hook.ulid);
  const lane = await scene.lanes.read(scene.hook.ulid);
  return scene.deliveries.all().map((delivery) => effectiveStatus(delivery, hook, lane));
}

const batch = (size: number) => ({ delivery: { mode: 'batch', size } }) as const;

test('an event whose batch is over without it goes with the next one', async () => {
  const scene = await withLost(batch(2), { id: 'evt_lost', atMs: Date.UTC(2025, 0, 1) });
  const others = await scene.takeMany(2);
  await scene.work();
  expect(scene.delivered).toEqual([others]);
  scene.queue.redrive();
  const later = await scene.take();
  await scene.work();
  expect(scene.delivered).toEqual([others, ['evt_lost', later]]);
  expect(await seen(scene)).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
});

test('an event that a batch took along all the same is not posted again', async () => {
  const scene = await withLost(batch(2), { id: 'evt_lost', atMs: Date.UTC(2026, 0, 2) });
  const atMs = Date.UTC(2026, 0, 1, 1);
  const others = [await scene.take({ atMs }), await scene.take({ atMs: Date.UTC(2026, 0, 3) })];
  await scene.work();
  const [first = '', last = ''] = others;
  expect(scene.delivered).toEqual([[first, 'evt_lost', last]]);
  scene.queue.redrive();
  await scene.pass(3_600_000);
  expect(scene.posts).toHaveLength(1);
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 0 });
});

test('an event below a flush that waits for its retry goes along with it', async () => {
  const scene = await withLost(
    { ...batch(2), retry: { retries: 3, retryInterval: 60 } },
    { id: 'evt_lost', atMs: Date.UTC(2025, 0, 1) },
  );
  scene.reply = (index) => (index === 0 ? 500 : 200);
  const others = await scene.takeMany(2);
  await scene.work();
  scene.queue.redrive();
  await scene.pass(3_600_000);
  expect(scene.delivered).toEqual([['evt_lost', ...others]]);
});

test('an event below a flush that waits for its turn goes with the next batch', async () => {
  const scene = await withLost(
    { ...batch(2), rateLimit: { perSecond: 0.01 } },
    { id: 'evt_lost', atMs: Date.UTC(2025, 0, 1) },
  );
  const others = await scene.takeMany(2);
  await scene.work();
  const next = await scene.takeMany(2);
  await scene.work();
  expect(await scene.lanes.read(scene.hook.ulid)).toHaveProperty('flush');
  scene.queue.redrive();
  const last = await scene.take();
  await scene.pass(3_600_000);
  expect(scene.delivered).toEqual([others, next, ['evt_lost', last]]);
});

test('it counts for the size of the batch that it waits for, and a repeat does not', async () => {
  const scene = await withLost(batch(3), { id: 'evt_lost' });
  await scene.take({ id: 'evt_b' });
  await scene.work();
  scene.queue.redrive();
  await scene.work();
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 2 });
  await scene.pass(6 * 60_000);
  await scene.take({ id: 'evt_b', atMs: timeOf(scene, 'evt_b') });
  await scene.work();
  expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 2 });
  await scene.take({ id: 'evt_c' });
  await scene.work();
  expect(scene.delivered.map((ids) => ids.toSorted())).toEqual([['evt_b', 'evt_c', 'evt_lost']]);
});

test('in order, an event that no lane knows is posted when it comes again', async () => {
  const ordered = { delivery: { mode: 'each', ordered: true } } as const;
  const scene = await withLost(ordered, { id: 'evt_lost' });
  const other = await scene.take();
  await scene.work();
  scene.queue.redrive();
  await scene.work();
  expect(scene.delivered).toEqual([[other], ['evt_lost']]);
  await scene.pass(3_600_000);
  expect(scene.posts).toHaveLength(2);
  expect(scene.statuses()).toEqual(['delivered', 'delivered']);
});

test('in order, an event that no lane knows waits behind a head that blocks', async () => {
  const scene = await withLost(
    { delivery: { mode: 'each', ordered: true }, retry: { retries: 3, retryInterval: 60 } },
    { id: 'evt_lost' },
  );
  scene.reply = (index) => (index === 0 ? 500 : 200);
  const others = await scene.takeMany(2);
  await scene.work();
  scene.queue.redrive();
  await scene.pass(3_600_000);
  expect(scene.delivered.flat().toSorted()).toEqual(['evt_lost', ...others].toSorted());
  expect(scene.posts.slice(0, 2).map(({ id }) => id)).toEqual([others[0], others[0]]);
  expect(scene.statuses()).toEqual(['delivered', 'delivered', 'delivered']);
});

test('in order, an event that the post worker has by now is left to it', async () => {
  const ordered = { delivery: { mode: 'each', ordered: true } } as const;
  const scene = await withLost(ordered, { id: 'evt_lost' });
  const [delivery] = scene.deliveries.all();
  if (!delivery) throw new Error('it was not stored');
  // As after a deferral: it left the due index, and a job in the queue has its turn.
  await scene.deliveries.replace({ ...delivery, nextAttemptAt: scene.clock.now() + 60_000 });
  scene.queue.redrive();
  await scene.pass(3_600_000);
  expect(scene.posts).toEqual([]);
  expect(scene.statuses()).toEqual(['pending']);
});

test('in another mode by then, it goes the way of what comes in that mode', async () => {
  const inBatches = await withLost(
    { delivery: { mode: 'each', ordered: true } },
    { id: 'evt_lost' },
  );
  await inBatches.change(batch(1));
  await inBatches.work();
  inBatches.queue.redrive();
  await inBatches.work();
  expect(inBatches.delivered).toEqual([['evt_lost']]);
  const disabled = await withLost(batch(5), { id: 'evt_lost' });
  await disabled.disable();
  await disabled.work();
  disabled.queue.redrive();
  await disabled.pass(3_600_000);
  expect(disabled.statuses()).toEqual(['held']);
});

function timeOf(scene: LaneScene, id: string): number {
  const sent = scene.sent.get(id);
  if (sent === undefined) throw new Error(`${id} was never sent`);
  return sent;
}
