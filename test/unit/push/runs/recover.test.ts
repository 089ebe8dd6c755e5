import { beforeEach, describe, expect, test } from '@jest/globals';
import { laneLeaseMs } from '../../../../lambdas/push/contract.ts';
import { recover } from '../../../../lambdas/push/runs/recover.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const lane = 'dummy://one.example.org#0';
let world: WorkerScene;
beforeEach(() => {
  world = new WorkerScene({ rules: [sequential()], targets: [targetNamed('one')] });
});

const recovered = () => recover(world.parts());

async function claimedRow(): Promise<{ ulid: string; epoch: number }> {
  const ulid = await world.change('story:1');
  const epoch = await world.lanes.acquire(lane, world.time.now());
  await world.rows.claim(ulid, { claim: { lane, epoch: epoch! }, run: 'run' });
  return { ulid, epoch: epoch! };
}

const pass = (ms: number) => world.time.run(world.time.sleep(ms));

describe('a row in progress', () => {
  test('stays its worker’s until the lease ends, and is NEW then', async () => {
    const { ulid } = await claimedRow();
    await pass(laneLeaseMs - 1);
    expect(await recovered()).toBe(0);
    await pass(1);
    expect(await recovered()).toBe(1);
    expect(await world.row(ulid)).toMatchObject({ status: 'NEW', claims: 1, message: '' });
  });

  test('is NEW when its lane was given back, or has another holder', async () => {
    const { ulid, epoch } = await claimedRow();
    await world.lanes.release(lane, epoch);
    await world.lanes.acquire(lane, world.time.now());
    expect(await recovered()).toBe(1);
    expect((await world.row(ulid)).status).toBe('NEW');
  });

  test('fails when a newer one has its place', async () => {
    const { ulid, epoch } = await claimedRow();
    const newer = await world.change('story:1');
    await world.lanes.release(lane, epoch);
    await recovered();
    const row = await world.row(ulid);
    expect(row.status).toBe('PUSH_ERROR');
    expect(row.message).toContain('a newer push of story:1 waits in its place');
    expect((await world.row(newer)).status).toBe('NEW');
  });

  test('fails when workers ended five times while they had it', async () => {
    const { ulid, epoch } = await claimedRow();
    await world.lanes.release(lane, epoch);
    for (let deaths = 1; deaths < 5; deaths++) {
      await recovered();
      expect((await world.row(ulid)).status).toBe('NEW');
      const next = (await world.lanes.acquire(lane, world.time.now()))!;
      await world.rows.claim(ulid, { claim: { lane, epoch: next }, run: 'run' });
      await world.lanes.release(lane, next);
    }
    await recovered();
    expect(await world.row(ulid)).toMatchObject({
      status: 'PUSH_ERROR',
      message: 'workers ended 5 times while they had it',
    });
  });

  test('that ends its workers fails, and those after it are pushed', async () => {
    let isPoison = true;
    const scene = new WorkerScene({
      rules: [sequential()],
      targets: [targetNamed('one', { concurrency: 1 })],
      fate: (_call, name) => (name === 'exporter.export' && isPoison ? 'dies after' : undefined),
    });
    scene.exporter.wanted = ({ id }) => ({ files: { [`${id}.xml`]: id } });
    const bad = await scene.change('story:poison');
    await scene.untilQuiet();
    isPoison = false;
    await scene.change('story:good');
    await scene.untilQuiet();
    expect(scene.deaths).toBe(5);
    expect(await scene.row(bad)).toMatchObject({ status: 'PUSH_ERROR', claims: 5 });
    expect(scene.server.arrivals.map(({ path }) => path)).toEqual(['one/good.xml']);
  });
});

describe('a run without workers', () => {
  test('has its jobs sent again after 90 s, five times, and has failed then', async () => {
    await world.change('story:1');
    const ulid = await world.start();
    // Its jobs were lost.
    const lose = () =>
      world.queue.receive(10).forEach(({ messageId }) => world.queue.delete(messageId));
    lose();
    await pass(90_000);
    await world.minute();
    expect((await world.run(ulid)).revivals).toBe(0);
    for (let revivals = 1; revivals <= 5; revivals++) {
      await pass(1);
      await world.minute();
      expect(await world.run(ulid)).toMatchObject({ revivals, state: 'running' });
      expect(world.queue.messages().map(({ body }) => JSON.parse(body) as unknown)).toEqual(
        (await world.run(ulid)).jobs,
      );
      lose();
      await pass(90_000);
    }
    await pass(1);
    await world.minute();
    expect(await world.run(ulid)).toMatchObject({ state: 'failed', jobs: [] });
    // What it has not pushed is for the next.
    expect(await world.runs.running()).toHaveLength(1);
  });

  test('is not touched while a worker is seen', async () => {
    await world.change('story:1');
    const ulid = await world.start();
    world.server.mischief.put = () => world.time.sleep(400_000);
    await world.until(async () => (await world.run(ulid)).state !== 'running');
    expect((await world.run(ulid)).revivals).toBe(0);
    expect(world.server.arrivals).toHaveLength(1);
  });
});
