import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import type { WorkJob } from '../../../../lambdas/push/contract.ts';
import { laneOfContent } from '../../../../lambdas/push/runs/row-lane.ts';
import { startMassRun } from '../../../../lambdas/push/runs/start-mass.ts';
import { startRun } from '../../../../lambdas/push/runs/start-run.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

async function* none(): AsyncGenerator<Content> {}

let world: WorkerScene;
beforeEach(() => {
  world = new WorkerScene({
    rules: [
      sequential(),
      sequential('other'),
      { ...sequential('digest'), kind: 'mass', items: none },
    ],
    targets: [
      targetNamed('one', { concurrency: 2 }),
      targetNamed('same', { url: 'dummy://one.example.org/else' }),
      targetNamed('far', { concurrency: 1 }),
    ],
  });
});

const jobs = () => world.queue.messages().map(({ body }) => JSON.parse(body) as WorkJob);
const running = () => world.runs.running();

describe('the minute’s run', () => {
  test('has a job for each lane of a host that has rows, and is stored with them', async () => {
    for (let id = 0; id < 20; id++) await world.change(`story:${String(id)}`);
    await world.change('story:1', { target: 'same' });
    await world.change('story:2', { target: 'far' });
    expect(await world.minute()).toMatchObject({ started: 1 });
    const [run] = await running();
    expect(new Set(run?.jobs)).toEqual(
      new Set([
        { kind: 'drain', run: run?.ulid, host: 'dummy://one.example.org', lane: 0 },
        { kind: 'drain', run: run?.ulid, host: 'dummy://one.example.org', lane: 1 },
        { kind: 'drain', run: run?.ulid, host: 'dummy://far.example.org', lane: 0 },
      ]),
    );
    expect(new Set(jobs())).toEqual(new Set(run?.jobs));
  });

  test('has no job for a lane without rows', async () => {
    await world.change('story:1');
    await world.minute();
    expect(jobs()).toEqual([
      expect.objectContaining({
        host: 'dummy://one.example.org',
        lane: laneOfContent('story:1', 2),
      }),
    ]);
  });

  test('is not made when nothing is NEW', async () => {
    expect(await world.minute()).toMatchObject({ started: 0, oldestSeconds: 0 });
    expect(jobs()).toEqual([]);
    expect((await world.runs.list({ after: undefined, limit: 10 })).items).toEqual([]);
  });

  test('leaves to a run what its jobs will come to, but not to one of a single rule', async () => {
    await world.change('story:1');
    const ulid = await world.start('stories');
    await world.minute();
    expect(await running()).toHaveLength(2);
    await world.change('story:1', { rule: 'other' });
    await world.minute();
    expect(await running()).toHaveLength(2);
    await world.change('story:1', { target: 'far' });
    await world.minute();
    expect(await running()).toHaveLength(3);
    expect(jobs().filter(({ run }) => run !== ulid)).toHaveLength(2);
  });

  test.each([
    ['rule', { rule: 'gone', target: 'one' }, 'rule "gone"'],
    ['rule for changes', { rule: 'digest', target: 'one' }, 'rule "digest"'],
    ['target', { rule: 'stories', target: 'gone' }, 'target "gone"'],
  ])('fails rows whose %s the configuration has not', async (_name, to, named) => {
    const bad = await world.enqueue('story:1', to);
    const good = await world.change('story:2');
    await world.minute();
    const row = await world.row(bad);
    expect(row.status).toBe('PUSH_ERROR');
    expect(row.message).toContain(`the configuration has no ${named}`);
    expect((await world.row(good)).status).toBe('NEW');
    expect(await running()).toHaveLength(1);
  });

  test('starts though its other steps fail, of which it tells', async () => {
    await world.change('story:1');
    world.lanes.isHeld = () => Promise.reject(new Error('away'));
    const [ulid = ''] = (await world.allRows()).map((row) => row.ulid);
    await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 1 }, run: 'r' });
    await world.change('story:2');
    await expect(world.minute()).rejects.toThrow('away');
    expect(await running()).toHaveLength(1);
    expect(world.gauges).toHaveLength(1);
  });

  test('measures how long the oldest push has waited', async () => {
    await world.change('story:1');
    await world.time.run(world.time.sleep(90_500));
    await world.minute();
    expect(world.gauges).toEqual([90.5]);
  });
});

describe('a run that was asked for', () => {
  test('is done already when nothing is NEW', async () => {
    expect(await world.run(await world.start())).toMatchObject({
      state: 'done',
      counts: { selected: 0, pushed: 0, failed: 0 },
      finishedMs: world.time.now(),
    });
    expect(jobs()).toEqual([]);
  });

  test('has its own jobs though another run has such', async () => {
    await world.change('story:1');
    await world.start();
    await world.start();
    expect(jobs()).toHaveLength(2);
    expect(await running()).toHaveLength(2);
  });

  test('is the same run for a repeat of the request', async () => {
    await world.change('story:1');
    const ulid = world.newUlid();
    await startRun(world.parts(), { ulid });
    await world.change('story:9', { target: 'far' });
    await startRun(world.parts(), { ulid });
    expect(jobs()).toHaveLength(1);
    const mass = world.newUlid();
    for (const args of [['a'], ['b']])
      await startMassRun(world.parts(), { ulid: mass, rule: 'digest', args });
    expect((await world.run(mass)).args).toEqual(['a']);
  });

  test('of an unknown rule is refused with those that exist', async () => {
    await expect(world.start('gone')).rejects.toThrow(
      '"gone"; those that exist: digest, other, stories.',
    );
    await expect(world.startMass('gone')).rejects.toThrow(
      '"gone"; those that exist: digest, other, stories.',
    );
    await expect(world.start('digest')).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(world.startMass('stories')).rejects.toMatchObject({ name: 'ValidationError' });
    expect((await world.runs.list({ after: undefined, limit: 10 })).items).toEqual([]);
  });
});
