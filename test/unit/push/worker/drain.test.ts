import { describe, expect, test } from '@jest/globals';
import { PermanentError, TransientError } from '../../../../lambdas/shared/errors.ts';
import { laneOfContent } from '../../../../lambdas/push/runs/row-lane.ts';
import { work } from '../../../../lambdas/push/worker/work.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const scene = (more: Partial<ConstructorParameters<typeof WorkerScene>[0]> = {}) =>
  new WorkerScene({ rules: [sequential()], targets: [targetNamed('one')], ...more });

describe('a run', () => {
  test('pushes all that was NEW, in the order of its making, over one connection', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
    const refs = Array.from({ length: 60 }, (_, index) => `story:${String(index)}`);
    for (const ref of refs) {
      await world.change(ref);
      await world.time.run(world.time.sleep(1));
    }
    const run = await world.ended(await world.start());
    expect(run).toMatchObject({
      state: 'done',
      counts: { selected: 60, pushed: 60, failed: 0 },
      messages: [],
      jobs: [],
    });
    expect(world.server.arrivals.map(({ path }) => path)).toEqual(
      refs.map((ref) => `one/${ref.replace(':', '_')}.xml`),
    );
    expect(world.server.connects).toEqual(['one']);
    expect(world.counted).toEqual({ PushesSucceeded: 60 });
  });

  test('limited to a rule leaves the others alone', async () => {
    const world = scene({ rules: [sequential(), sequential('other')] });
    world.scheduled = false;
    const mine = await world.change('story:1');
    const others = await world.change('story:2', { rule: 'other' });
    const run = await world.ended(await world.start('stories'));
    expect(run).toMatchObject({ rule: 'stories', counts: { selected: 1, pushed: 1, failed: 0 } });
    expect((await world.row(mine)).status).toBe('PUSHED');
    expect((await world.row(others)).status).toBe('NEW');
  });

  test('takes what comes while it is at work, and a row that was reset', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })], maxAttempts: 1 });
    world.scheduled = false;
    const first = await world.change('story:1');
    let later = '';
    world.server.mischief.put = async ({ path }) => {
      if (path === 'story_1.xml') {
        later = await world.change('story:2');
        throw new PermanentError('no');
      }
      if (path === 'story_2.xml') {
        world.server.mischief = {};
        await world.rows.renew(await world.row(first));
      }
    };
    const run = await world.ended(await world.start());
    expect(run.counts).toEqual({ selected: 3, pushed: 2, failed: 1 });
    expect((await world.row(first)).status).toBe('PUSHED');
    expect((await world.row(later)).status).toBe('PUSHED');
  });

  test('at the same time as others shares the queue: nothing is sent twice, each ends when all is done', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 3 })], workers: 5 });
    const ulids: string[] = [];
    for (let index = 0; index < 80; index++) {
      ulids.push(await world.change(`story:${String(index)}`));
    }
    world.server.mischief.put = () => world.time.sleep(400);
    const runs = [await world.start(), await world.start(), await world.start()];
    for (const ulid of runs) {
      await world.until(async () => (await world.run(ulid)).state !== 'running');
      const rows = await Promise.all(ulids.map((one) => world.row(one)));
      expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['PUSHED']));
    }
    expect(world.server.arrivals).toHaveLength(80);
    expect(world.server.most).toBeLessThanOrEqual(3);
    const counts = await Promise.all(runs.map(async (ulid) => (await world.run(ulid)).counts));
    expect(counts.reduce((sum, { pushed }) => sum + pushed, 0)).toBe(80);
    expect(counts.reduce((sum, { selected }) => sum + selected, 0)).toBe(80);
  });

  test('ends only when what was NEW at its start is done, though another run’s worker died with it', async () => {
    const world = scene({
      targets: [targetNamed('one', { concurrency: 1 })],
      fate: (_call, name) =>
        name === 'connection.put' && world.deaths < 1 ? 'dies after' : undefined,
    });
    world.scheduled = false;
    const ulids = [await world.change('story:1'), await world.change('story:2')];
    await world.start();
    const run = await world.ended(await world.start());
    expect(world.deaths).toBe(1);
    expect(run).toMatchObject({ state: 'done', counts: { selected: 2, pushed: 2, failed: 0 } });
    for (const ulid of ulids) {
      expect(await world.row(ulid)).toMatchObject({ status: 'PUSHED', claims: 2 });
    }
  });

  test('goes on in another worker when the time of one is over', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
    world.scheduled = false;
    for (let index = 0; index < 120; index++) await world.change(`story:${String(index)}`);
    world.server.mischief.put = () => world.time.sleep(7_000);
    const run = await world.ended(await world.start());
    expect(run.counts).toEqual({ selected: 120, pushed: 120, failed: 0 });
    expect(run.finishedMs! - run.startedMs).toBeGreaterThan(800_000);
    expect(world.server.connects).toHaveLength(2);
    expect(world.server.arrivals).toHaveLength(120);
  });
});

test('an outage of storage ends the work until later, and no row fails by it', async () => {
  const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
  const ulids: string[] = [];
  for (let index = 0; index < 60; index++) ulids.push(await world.change(`story:${String(index)}`));
  const startMs = world.time.now();
  world.exporter.wanted = ({ id }) => {
    if (world.time.now() - startMs < 600_000) throw new TransientError('S3 is busy');
    return { files: { [`${id}.xml`]: id } };
  };
  await world.start();
  await world.untilQuiet();
  for (const ulid of ulids) {
    expect(await world.row(ulid)).toMatchObject({ status: 'PUSHED', claims: 1 });
  }
  // A chunk every 40 s, instead of all that wait.
  const inVain = world.exporter.exported.length - ulids.length;
  expect(inVain).toBeGreaterThan(25);
  expect(inVain).toBeLessThan(25 * 17);
});

describe('a lane', () => {
  test('has one worker, however often a job comes', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })], workers: 6 });
    for (let index = 0; index < 30; index++) await world.change(`story:${String(index)}`);
    world.server.mischief.put = () => world.time.sleep(2_000);
    const ulid = await world.start();
    const { jobs } = await world.run(ulid);
    await world.parts().jobs.send([...jobs, ...jobs, ...jobs]);
    const run = await world.ended(ulid);
    expect(run.counts.pushed).toBe(30);
    expect(world.server.most).toBe(1);
    expect(world.server.arrivals).toHaveLength(30);
  });

  test('always has the pushes of the same content', async () => {
    const lanes = Array.from({ length: 400 }, (_, id) => laneOfContent(`story:${String(id)}`, 4));
    expect(new Set(lanes)).toEqual(new Set([0, 1, 2, 3]));
    const world = scene({ targets: [targetNamed('one', { concurrency: 4 })], workers: 6 });
    await world.change('story:1');
    // The first push is slow; meanwhile the content changes again, and another run starts.
    let isFirst = true;
    world.server.mischief.rename = async () => {
      if (!isFirst) return;
      isFirst = false;
      await world.change('story:1');
      for (let id = 2; id < 30; id++) await world.change(`story:${String(id)}`);
      await world.start();
      await world.time.sleep(30_000);
    };
    await world.start();
    await world.untilQuiet();
    const ofFirst = world.server.arrivals.filter(({ path }) => path === 'one/story_1.xml');
    expect(ofFirst.map(({ text }) => text)).toEqual(['<v>1</v>', '<v>2</v>']);
    expect(await world.allRows()).toHaveLength(30);
  });

  test('that is lost ends what is being sent in it', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
    world.scheduled = false;
    const ulid = await world.change('story:1');
    let isLost = false;
    const renew = world.lanes.renew.bind(world.lanes);
    world.lanes.renew = (...args) => {
      if (isLost) return renew(...args);
      isLost = true;
      return Promise.resolve(false);
    };
    world.server.mischief.rename = async () => {
      if (!isLost) await world.time.sleep(20_000);
    };
    const run = await world.ended(await world.start());
    expect(run).toMatchObject({ state: 'done', counts: { selected: 1, pushed: 1, failed: 0 } });
    expect(world.server.arrivals).toHaveLength(1);
    expect(await world.row(ulid)).toMatchObject({ status: 'PUSHED', claims: 2 });
  });

  test('that was lost ends the work of who had it: its rows are not finished by it', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
    const ulid = await world.change('story:1');
    let isFrozen = true;
    const zombie = world.parts();
    const frozen = {
      ...zombie,
      // It stands still in mid-upload, and its lane is not renewed meanwhile.
      lanes: Object.assign(Object.create(zombie.lanes) as typeof zombie.lanes, {
        acquire: zombie.lanes.acquire.bind(zombie.lanes),
        release: zombie.lanes.release.bind(zombie.lanes),
        renew: async (...args: [string, number, number]) => {
          if (isFrozen) await world.time.sleep(200_000);
          return zombie.lanes.renew(...args);
        },
      }),
    };
    world.server.mischief.rename = async () => {
      if (!isFrozen) return;
      await world.time.sleep(150_000);
      isFrozen = false;
    };
    await world.start();
    const [record] = world.queue.receive(1);
    const job = JSON.parse(record!.body) as Parameters<typeof work>[1];
    const working = work(frozen, job);
    await world.untilQuiet();
    await world.time.run(working);
    await world.untilQuiet();
    const row = await world.row(ulid);
    expect(row).toMatchObject({ status: 'PUSHED', claims: 2 });
    expect(row.attempts).toHaveLength(1);
    const ends = world.finished.filter((one) => one.ulid === ulid);
    expect(ends).toHaveLength(1);
    expect(world.counted).toEqual({ PushesSucceeded: 1 });
  });
});

describe('a row that another worker has by now', () => {
  test('is not finished by a zombie', async () => {
    const world = scene({ targets: [targetNamed('one', { concurrency: 1 })] });
    const ulid = await world.change('story:1');
    const stale = await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 1 }, run: 'a' });
    expect(await world.rows.renew(stale!)).toBe('done');
    await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 2 }, run: 'b' });
    const outcome = { status: 'PUSHED', message: '', attempts: [] } as const;
    expect(await world.rows.finish(stale!, outcome, 0)).toBe(false);
    expect((await world.row(ulid)).status).toBe('IN_PROGRESS');
  });
});
