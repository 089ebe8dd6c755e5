import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../support/seeded-random.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';
import type { Fate } from '../../../support/push/worker-scene.ts';

const refs = ['story:1', 'story:2', 'story:3'];
const rowCount = refs.length * 3;

/** Rows of several contents, for two targets on a host of two lanes and one with a marker elsewhere. */
async function sceneWith(fate: Fate): Promise<WorkerScene> {
  const scene = new WorkerScene({
    rules: [sequential()],
    targets: [
      targetNamed('one', { url: 'dummy://same.example.org/one', concurrency: 2 }),
      targetNamed('two', { url: 'dummy://same.example.org/two' }),
      targetNamed('three', { doneMarker: '.done', concurrency: 1 }),
    ],
    fate,
  });
  for (const ref of refs) {
    for (const name of ['one', 'two', 'three']) await scene.change(ref, { target: name });
  }
  return scene;
}

async function expectAllPushed(scene: WorkerScene, about: string): Promise<void> {
  const rows = await scene.allRows();
  expect([about, rows.map(({ status }) => status)]).toEqual([
    about,
    Array.from({ length: rowCount }, () => 'PUSHED'),
  ]);
  const pushed = new Set(scene.finished.map(({ ulid }) => ulid));
  const ends = new Set(scene.finished.map(({ ulid, version }) => `${ulid} ${String(version)}`));
  expect([about, pushed.size, ends.size]).toEqual([about, rowCount, rowCount]);
  const texts = refs.flatMap((ref) => {
    const name = ref.replace(':', '_');
    return [`one/${name}.xml`, `two/${name}.xml`, `three/${name}.xml`].map((path) =>
      scene.server.files.get(path),
    );
  });
  expect([about, texts]).toEqual([about, Array.from({ length: rowCount }, () => '<v>3</v>')]);
  expect([about, scene.server.temporary()]).toEqual([about, []]);
  expect([about, scene.server.files.size]).toEqual([about, rowCount + refs.length]);
  expect(scene.server.most).toBeLessThanOrEqual(2);
}

describe('a worker that dies', () => {
  test('loses and doubles nothing, whichever call was its last, before or after its effect', async () => {
    const healthy = await sceneWith(() => undefined);
    await healthy.untilQuiet();
    await expectAllPushed(healthy, 'nobody dies');
    expect(healthy.deaths).toBe(0);
    expect(healthy.calls).toBeGreaterThan(60);
    for (let fatal = 1; fatal <= healthy.calls; fatal++) {
      for (const kind of ['dies before', 'dies after'] as const) {
        let name = '';
        const scene = await sceneWith((call, called) => {
          if (call !== fatal) return undefined;
          name = called;
          return kind;
        });
        const startMs = scene.time.now();
        await scene.untilQuiet();
        await expectAllPushed(scene, `${kind} call ${String(fatal)}, ${name}`);
        // The lease, what is left of the minute, and another minute for the run to be revived.
        expect(scene.time.now() - startMs).toBeLessThanOrEqual(60_000 + 4 * 60_000);
      }
    }
  }, 120_000);

  test('is followed by others that die too, and still all arrives', async () => {
    let deaths = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const scene = await sceneWith(() => {
        if (scene.deaths >= 4 || random() > 0.02) return undefined;
        return random() < 0.5 ? 'dies before' : 'dies after';
      });
      await scene.untilQuiet();
      await expectAllPushed(scene, `seed ${String(seed)}, ${String(scene.deaths)} deaths`);
      deaths += scene.deaths;
    }
    expect(deaths).toBeGreaterThan(100);
  }, 120_000);
});
