import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Deaths at calls of the ports, before or after they take effect; so many in a run of the scene. */
function mortal(scene: LaneScene, rate: number, seed: number): { end: () => void } {
  const random = seededRandom(seed);
  let isOn = true;
  const plan = () => {
    if (!isOn || random() >= rate) return undefined;
    const kind = random() < 0.5 ? ('refused' as const) : ('answer lost' as const);
    return { kind, error: new Death('the function died') };
  };
  scene.wrap = (parts) => ({
    ...parts,
    hooks: faulty(parts.hooks, { plan }),
    deliveries: faulty(parts.deliveries, { plan }),
    lanes: faulty(parts.lanes, { plan }),
    postJobs: faulty(parts.postJobs, { plan }),
    laneJobs: faulty(parts.laneJobs, { plan }),
    post: { ...parts.post, poster: faulty(parts.post.poster, { plan }) },
  });
  return {
    end: () => {
      isOn = false;
    },
  };
}

const day = 24 * 60 * 60_000;

/** What happened of every kind, for a scene of events, pauses and failures. */
async function play(options: {
  more: Parameters<typeof LaneScene.with>[0];
  steps: readonly { events: number; pauseMs: number; max: number }[];
  failing: number;
  dying: number;
  seed: number;
}): Promise<{ scene: LaneScene; ids: string[] }> {
  const scene = await LaneScene.with(options.more);
  const random = seededRandom(options.seed);
  scene.reply = () => (random() < options.failing ? 500 : 200);
  const deaths = mortal(scene, options.dying, options.seed + 1);
  const ids: string[] = [];
  for (const { events, pauseMs, max } of options.steps) {
    for (let n = 0; n < events; n += 1) {
      ids.push(await scene.take({ atMs: scene.clock.now() + Math.floor(random() * 5_000) }));
    }
    await scene.pass(pauseMs, max);
  }
  deaths.end();
  scene.reply = () => 200;
  await scene.pass(day);
  return { scene, ids };
}

const steps = fc.array(
  fc.record({
    events: fc.integer({ min: 0, max: 12 }),
    pauseMs: fc.integer({ min: 0, max: 20_000 }),
    max: fc.integer({ min: 1, max: 10 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const batchMore = {
  delivery: { mode: 'batch', size: 7, time: 2 },
  retry: { retries: 1_000, retryInterval: 3 },
} as const;

test('whatever fails, every event is in one successful batch, in order within it', async () => {
  const scenes = fc.record({ steps, seed: fc.integer() });
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids } = await play({
        more: batchMore,
        steps: played,
        failing: 0.4,
        dying: 0,
        seed,
      });
      expect(scene.delivered.flat().toSorted()).toEqual(ids.toSorted());
      for (const batch of scene.delivered) expect(batch).toEqual(inOrder(scene, batch));
    }),
    { numRuns: 40 },
  );
});

test('whenever the worker dies, none is lost, and what comes twice comes in the same post', async () => {
  const scenes = fc.record({ steps, seed: fc.integer() });
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids } = await play({
        more: batchMore,
        steps: played,
        failing: 0,
        dying: 0.04,
        seed,
      });
      expect([...new Set(scene.delivered.flat())].toSorted()).toEqual(ids.toSorted());
      const bodies = new Map(scene.posts.map(({ id, body }) => [id, body]));
      expect(scene.posts.every(({ id, body }) => bodies.get(id) === body)).toBe(true);
      const posts = [...bodies.values()].map((body) => JSON.parse(body) as { id: string }[]);
      expect(posts.flat()).toHaveLength(ids.length);
      expect(scene.statuses().every((status) => status === 'stored')).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('in order, whatever fails and dies, each event is delivered before the next is posted', async () => {
  const scenes = fc.record({ steps, seed: fc.integer() });
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids } = await play({
        more: {
          delivery: { mode: 'each', ordered: true },
          retry: { retries: 1_000, retryInterval: 3 },
        },
        steps: played,
        failing: 0.3,
        dying: 0.03,
        seed,
      });
      const posted = scene.posts.flatMap(({ events }) => events);
      const order = posted.filter((id, place) => id !== posted[place - 1]);
      expect(order).toEqual(ids);
      expect(new Set(scene.delivered.flat())).toEqual(new Set(ids));
      expect(scene.statuses().every((status) => status === 'delivered')).toBe(true);
      expect(await scene.lanes.queued(scene.hook.ulid, 10)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function inOrder(scene: LaneScene, ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => (scene.ulidOf(a) < scene.ulidOf(b) ? -1 : 1));
}
