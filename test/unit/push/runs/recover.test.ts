import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RuleTools } from '../../../../lambdas/shared/define/push-rule.ts';
import { laneLeaseMs } from '../../../../lambdas/push/contract.ts';
import { recover } from '../../../../lambdas/push/runs/recover.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const lane = 'dummy://one.example.org#0';
async function* items(_args: unknown, { content }: RuleTools) {
  const story = await content.get('story:1');
  if (story !== undefined) yield story;
}

let world: WorkerScene;
beforeEach(() => {
  const mass = sequential('stories-all', { kind: 'mass', items });
  world = new WorkerScene({ rules: [sequential(), mass], targets: [targetNamed('one')] });
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
  test('has its jobs sent again when the lease of a lane is over, five times, and has failed then', async () => {
    await world.change('story:1');
    const ulid = await world.start();
    for (let revivals = 1; revivals <= 6; revivals++) {
      // A worker takes the job, and dies.
      for (const { messageId } of world.queue.receive(10)) world.queue.delete(messageId);
      await pass(1);
      await world.runs.alive(ulid, world.time.now());
      await pass(laneLeaseMs);
      await world.minute();
      expect((await world.run(ulid)).revivals).toBe(revivals - 1);
      await pass(1);
      await world.minute();
      if (revivals > 5) break;
      expect(await world.run(ulid)).toMatchObject({ revivals, state: 'running' });
      expect(world.queue.messages().map(({ body }) => JSON.parse(body) as unknown)).toEqual(
        (await world.run(ulid)).jobs,
      );
    }
    expect(await world.run(ulid)).toMatchObject({ state: 'failed', jobs: [] });
    // What it has not pushed is for the next.
    expect(await world.runs.running()).toHaveLength(1);
  });

  test('that nobody has begun waits for hours, and its jobs are sent again ever more rarely', async () => {
    await world.put('story:1');
    const ulid = await world.startMass('stories-all');
    for (let minutes = 0; minutes < 360; minutes++) {
      await pass(60_000);
      await world.minute();
    }
    expect(await world.run(ulid)).toMatchObject({ state: 'running', revivals: 0 });
    const sent = world.queue.messages().length;
    expect(sent).toBeGreaterThan(5);
    expect(sent).toBeLessThan(12);
    await world.ended(ulid);
    expect(await world.run(ulid)).toMatchObject({ state: 'done', counts: { pushed: 1 } });
  });

  test('that nobody begins at all has failed after hours', async () => {
    const ulid = await world.startMass('stories-all');
    for (let minutes = 0; minutes < 800; minutes++) {
      await pass(60_000);
      await world.minute();
    }
    expect(await world.run(ulid)).toMatchObject({
      state: 'failed',
      messages: ['given up: no worker has begun for six hours'],
    });
  });

  test('goes on within two minutes, whenever in the minute its worker dies', async () => {
    for (let second = 1; second < 60; second += 7) {
      const scene = new WorkerScene({
        rules: [sequential()],
        targets: [targetNamed('one')],
        fate: (_call, name) =>
          name === 'connection.put' && scene.deaths === 0 ? 'dies after' : undefined,
      });
      await scene.time.run(scene.time.sleep(second * 1_000));
      let diedMs = 0;
      scene.server.mischief.put = async () => {
        await scene.time.sleep(second * 1_000);
        diedMs ||= scene.time.now();
      };
      await scene.change('story:1');
      await scene.start();
      let begunMs = 0;
      const acquire = scene.lanes.acquire.bind(scene.lanes);
      scene.lanes.acquire = async (...args) => {
        const epoch = await acquire(...args);
        if (epoch === 2) begunMs = scene.time.now();
        return epoch;
      };
      await scene.untilQuiet();
      expect(scene.deaths).toBe(1);
      expect(begunMs - diedMs).toBeLessThanOrEqual(122_000);
    }
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
