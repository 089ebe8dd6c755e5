import { describe, expect, test } from '@jest/globals';
import type { MassRule } from '../../../../lambdas/shared/define/push-rule.ts';
import { PermanentError, TransientError } from '../../../../lambdas/shared/errors.ts';
import { targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';
import type { SceneOptions } from '../../../support/push/worker-scene.ts';

interface Calls {
  initialised: (readonly string[])[];
}

function massScene(
  more: Partial<MassRule> = {},
  options: Partial<SceneOptions> = {},
): { world: WorkerScene; calls: Calls } {
  const calls: Calls = { initialised: [] };
  const rule: MassRule = {
    kind: 'mass',
    name: 'digest',
    description: 'All stories.',
    targets: ['first', 'second', 'third'],
    supervise: () => ({ outputs: () => [] }),
    initialise: (args) => {
      calls.initialised.push(args);
    },
    items: (_args, { content }) => content.ofType('story'),
    ...more,
  };
  const targets = ['first', 'second', 'third'].map((name) => targetNamed(name, { concurrency: 1 }));
  return { world: new WorkerScene({ rules: [rule], targets, ...options }), calls };
}

const refs = ['story:1', 'story:2', 'story:3'];

async function withStories(scene: ReturnType<typeof massScene>): Promise<WorkerScene> {
  for (const ref of refs) {
    await scene.world.put(ref);
    await scene.world.time.run(scene.world.time.sleep(1));
  }
  return scene.world;
}

const pathsAt = (world: WorkerScene) => world.server.arrivals.map(({ path }) => path);

describe('a mass run', () => {
  test('exports its items once and sends the files to every target in order', async () => {
    const scene = massScene();
    const world = await withStories(scene);
    const run = await world.ended(await world.startMass('digest', ['2026-11-16']));
    expect(run).toMatchObject({
      kind: 'mass',
      rule: 'digest',
      args: ['2026-11-16'],
      state: 'done',
      counts: { selected: 3, pushed: 3, failed: 0 },
      jobs: [],
    });
    expect(run.finishedMs! - run.startedMs).toBeLessThan(30_000);
    expect(scene.calls.initialised).toEqual([['2026-11-16']]);
    expect(world.exporter.exported).toEqual(refs);
    expect(pathsAt(world)).toEqual(
      ['first', 'second', 'third'].flatMap((name) =>
        refs.map((ref) => `${name}/${ref.replace(':', '_')}.xml`),
      ),
    );
    expect(run.messages).toHaveLength(9);
    expect(run.messages[0]).toMatch(/^\[[^\]]+\] 'story_1.xml': push SUCCESS$/);
    expect(world.server.connects).toEqual(['first', 'second', 'third']);
    expect(world.counted).toEqual({ PushesSucceeded: 3 });
    expect(await world.allRows()).toEqual([]);
  });

  test('sends one archive, with a marker of its name', async () => {
    const pack = { kind: 'zip', name: 'weekly-digest.zip' } as const;
    const targets = [targetNamed('first', { doneMarker: '.done' })];
    const scene = massScene({ pack, targets: ['first'] }, { targets });
    const world = await withStories(scene);
    await world.ended(await world.startMass('digest'));
    expect(pathsAt(world)).toEqual(['first/weekly-digest.zip', 'first/weekly-digest.done']);
  });

  test('goes on after a target that fails, and has failed then', async () => {
    const world = await withStories(massScene());
    world.server.mischief.connect = ({ name }) => {
      if (name === 'second') throw new PermanentError('wrong password');
    };
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'failed', counts: { selected: 3, pushed: 2, failed: 1 } });
    expect(run.messages.filter((message) => message.includes('wrong password'))).toHaveLength(3);
    expect(run.messages.join('\n')).toContain('TARGET: second.example.org');
    expect(pathsAt(world).filter((path) => path.startsWith('third/'))).toHaveLength(3);
    expect(world.counted).toEqual({ PushesSucceeded: 2, PushesFailed: 1 });
  });

  test('tries again what a target did not take', async () => {
    const world = await withStories(massScene({ targets: ['first'] }));
    const puts: string[] = [];
    world.server.mischief.put = ({ path }) => {
      puts.push(path);
      if (path === 'story_2.xml' && puts.length < 6) throw new Error('disk full');
    };
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'done', counts: { pushed: 1 } });
    expect(puts).toEqual([
      'story_1.xml',
      'story_2.xml',
      'story_3.xml',
      'story_2.xml',
      'story_2.xml',
      'story_2.xml',
    ]);
  });

  test('without items is done, and nothing was sent', async () => {
    const { world } = massScene();
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({
      state: 'done',
      messages: ['Nothing to push'],
      counts: { selected: 0, pushed: 0, failed: 0 },
    });
    expect(world.server.connects).toEqual([]);
  });

  test.each([
    ['initialise', { initialise: () => Promise.reject(new Error('"x" is no date')) }],
    [
      'items',
      {
        items: () => {
          throw new Error('"x" is no date');
        },
      },
    ],
  ] satisfies [string, Partial<MassRule>][])(
    'has failed when %s refuses its arguments',
    async (_name, more) => {
      const world = await withStories(massScene(more));
      const run = await world.ended(await world.startMass('digest', ['x']));
      expect(run).toMatchObject({ state: 'failed', messages: ['"x" is no date'] });
      expect(world.server.connects).toEqual([]);
    },
  );

  test('sends what could be made though other files could not, and has failed then', async () => {
    const world = await withStories(massScene({ targets: ['first'] }));
    world.exporter.wanted = ({ id }) =>
      id === '2'
        ? { problems: [{ status: 'VALIDATION_ERROR', message: "'story_2.xml': line 1" }] }
        : { files: { [`${id}.xml`]: id } };
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'failed', counts: { selected: 3, pushed: 1, failed: 1 } });
    expect(run.messages[0]).toBe("'story_2.xml': line 1");
    expect(pathsAt(world)).toEqual(['first/1.xml', 'first/3.xml']);
  });

  test('has failed when there are items but nothing comes of them', async () => {
    const world = await withStories(massScene());
    world.exporter.wanted = () => ({});
    const run = await world.ended(await world.startMass('digest'));
    expect(run.state).toBe('failed');
    expect(run.messages).toEqual(['there is nothing to push: no outputs']);
    expect(world.server.connects).toEqual([]);
  });

  test('says of a target that the configuration has no more, and goes on', async () => {
    const targets = [targetNamed('first'), targetNamed('third')];
    const world = await withStories(massScene({}, { targets }));
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'failed', counts: { pushed: 2, failed: 1 } });
    expect(run.messages).toContain('the configuration has no target "second"');
  });

  test('has a host’s lane for itself while it sends', async () => {
    const targets = ['first', 'second', 'third'].map((name) =>
      targetNamed(name, { url: `dummy://same.example.org/${name}`, concurrency: 1 }),
    );
    const world = await withStories(massScene({}, { targets }));
    world.server.mischief.put = () => world.time.sleep(3_000);
    const ulids = [await world.startMass('digest'), await world.startMass('digest')];
    for (const ulid of ulids) expect((await world.ended(ulid)).counts.pushed).toBe(3);
    expect(world.server.most).toBe(1);
  });

  test('goes on in another worker when a target takes longer than one has', async () => {
    const world = await withStories(massScene({ targets: ['first'] }));
    world.exporter.wanted = ({ id }) => ({
      files: Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`${id}-${String(index)}.xml`, id]),
      ),
    });
    world.server.mischief.put = () => world.time.sleep(4_000);
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'done', counts: { selected: 3, pushed: 1, failed: 0 } });
    expect(run.finishedMs! - run.startedMs).toBeGreaterThan(2_400_000);
    expect(new Set(pathsAt(world)).size).toBe(600);
    expect(pathsAt(world).length).toBe(600);
    expect(world.server.temporary()).toEqual([]);
  });
});

test('a mass run whose lane was lost in mid-upload leaves no temporary file', async () => {
  const world = await withStories(massScene({ targets: ['first'] }));
  const renew = world.lanes.renew.bind(world.lanes);
  let isLost = false;
  world.lanes.renew = (...args) => {
    if (isLost || !args[0].startsWith('mass#') || world.server.temporary().length === 0) {
      return renew(...args);
    }
    isLost = true;
    return Promise.resolve(false);
  };
  world.server.mischief.rename = async () => {
    if (!isLost) await world.time.sleep(20_000);
  };
  const run = await world.ended(await world.startMass('digest'));
  expect(isLost).toBe(true);
  expect(run).toMatchObject({ state: 'done', revivals: 0 });
  expect(world.server.temporary()).toEqual([]);
});

describe('a mass run whose worker dies', () => {
  test('is gone on with, whichever call was its last; what was sent is not exported again', async () => {
    const healthy = await withStories(massScene());
    await healthy.ended(await healthy.startMass('digest'));
    expect(healthy.calls).toBeGreaterThan(40);
    for (let fatal = 1; fatal <= healthy.calls; fatal++) {
      for (const kind of ['dies before', 'dies after'] as const) {
        const scene = massScene({}, { fate: (call) => (call === fatal ? kind : undefined) });
        const world = await withStories(scene);
        let exports = 0;
        world.server.mischief.connect = () => {
          exports = world.exporter.exported.length;
        };
        const run = await world.ended(await world.startMass('digest'));
        const about = `${kind} ${String(fatal)}`;
        expect([about, run.state, run.counts]).toEqual([
          about,
          'done',
          { selected: 3, pushed: 3, failed: 0 },
        ]);
        expect([about, world.server.files.size, world.server.temporary()]).toEqual([about, 9, []]);
        expect([about, world.exporter.exported.length]).toEqual([about, exports]);
        expect(exports).toBeLessThanOrEqual(6);
      }
    }
  }, 60_000);

  test('is not exported again once its files are on record', async () => {
    let world: WorkerScene | undefined;
    const scene = massScene(
      {},
      {
        fate: (_call, name) =>
          name === 'outbox.put' && world?.deaths === 0 ? 'dies after' : undefined,
      },
    );
    world = await withStories(scene);
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'done', counts: { selected: 3, pushed: 3, failed: 0 } });
    expect(world.deaths).toBe(1);
    expect(world.exporter.exported).toHaveLength(3);
    expect(scene.calls.initialised).toHaveLength(1);
  });

  test('is given up when every worker dies', async () => {
    const world = await withStories(
      massScene(
        {},
        { fate: (_call, name) => (name === 'exporter.export' ? 'dies before' : undefined) },
      ),
    );
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'failed', revivals: 5 });
    expect(run.messages.at(-1)).toMatch(/^given up: workers ended, after .* 5 times$/);
    expect(world.deaths).toBe(6);
  });

  test('is tried again when storage was out of reach', async () => {
    const scene = massScene({ targets: ['first'] });
    const world = await withStories(scene);
    let failures = 1;
    world.exporter.wanted = ({ id }) => {
      if (failures-- > 0) throw new TransientError('S3 is busy');
      return { files: { [`${id}.xml`]: id } };
    };
    const run = await world.ended(await world.startMass('digest'));
    expect(run).toMatchObject({ state: 'done', counts: { selected: 3, pushed: 1, failed: 0 } });
    expect(world.failures).toHaveLength(1);
  });
});
