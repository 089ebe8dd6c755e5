import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Deaths at calls of the ports, before or after they take effect; so many in a run of the scene. */
function mortal(scene: LaneScene, rate: number, seed: number) {
  const random = seededRandom(seed);
  let isOn = true;
  let deaths = 0;
  const unseen = new Set<number>();
  const plan = ({ method }: { method: string }) => {
    if (!isOn || random() >= rate) return undefined;
    deaths += 1;
    unseen.add(method === 'post' ? scene.posts.length : scene.posts.length - 1);
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
      return { deaths, unseen };
    },
  };
}

const day = 24 * 60 * 60_000;

interface Played {
  scene: LaneScene;
  ids: string[];
  deaths: number;
  /** Posts, by number, whose outcome a death may have kept from the lane. */
  unseen: ReadonlySet<number>;
  /** Posts that failed. */
  failures: number;
}

/** What happened of every kind, for a scene of events, pauses and failures. */
async function play(options: {
  more: Parameters<typeof LaneScene.with>[0];
  steps: readonly { events: number; pauseMs: number; max: number }[];
  failing: number;
  dying: number;
  seed: number;
}): Promise<Played> {
  const scene = await LaneScene.with(options.more);
  const random = seededRandom(options.seed);
  scene.reply = () => (random() < options.failing ? 500 : 200);
  const mortals = mortal(scene, options.dying, options.seed + 1);
  const ids: string[] = [];
  for (const { events, pauseMs, max } of options.steps) {
    for (let n = 0; n < events; n += 1) {
      ids.push(await scene.take({ atMs: scene.clock.now() + Math.floor(random() * 5_000) }));
    }
    await scene.pass(pauseMs, max);
  }
  const { deaths, unseen } = mortals.end();
  const failures = scene.posts.filter(({ reply }) => reply !== 200).length;
  scene.reply = () => 200;
  await scene.pass(day);
  return { scene, ids, deaths, unseen, failures };
}

const steps = fc.array(
  fc.record({
    events: fc.integer({ min: 0, max: 12 }),
    // Within the visibility time-out of what failed in a death, and beyond it.
    pauseMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 800_000 })),
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
  let died = 0;
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids, deaths } = await play({
        more: batchMore,
        steps: played,
        failing: 0,
        dying: 0.08,
        seed,
      });
      died += deaths;
      expect([...new Set(scene.delivered.flat())].toSorted()).toEqual(ids.toSorted());
      const posts = samePosts(scene);
      expect(posts.flat()).toHaveLength(ids.length);
      expect(scene.statuses().every((status) => status === 'stored')).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(died).toBeGreaterThan(20);
});

test('whatever fails and dies together, none is lost, and none is posted after a success that is known', async () => {
  const scenes = fc.record({ steps, seed: fc.integer() });
  let died = 0;
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids, deaths, unseen, failures } = await play({
        more: batchMore,
        steps: played,
        failing: 0.4,
        dying: 0.08,
        seed,
      });
      died += deaths;
      failed += failures;
      samePosts(scene);
      const seen = new Set(scene.delivered.flat());
      expect([...seen].toSorted()).toEqual(ids.toSorted());
      for (const batch of scene.delivered) expect(batch).toEqual(inOrder(scene, batch));
      // Whatever comes after a success that the lane knows of has none of its events.
      const known = new Set<string>();
      for (const [place, { events, reply }] of scene.posts.entries()) {
        expect(events.filter((id) => known.has(id))).toEqual([]);
        if (reply === 200 && !unseen.has(place)) for (const id of events) known.add(id);
      }
      expect(scene.statuses().every((status) => status === 'stored')).toBe(true);
      expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 0, failures: 0 });
    }),
    { numRuns: 60 },
  );
  expect(died).toBeGreaterThan(20);
  expect(failed).toBeGreaterThan(20);
});

test('in order, whatever fails and dies, each event is delivered before the next is posted', async () => {
  const scenes = fc.record({ steps, seed: fc.integer() });
  let died = 0;
  await fc.assert(
    fc.asyncProperty(scenes, async ({ steps: played, seed }) => {
      const { scene, ids, deaths } = await play({
        more: {
          delivery: { mode: 'each', ordered: true },
          retry: { retries: 1_000, retryInterval: 3 },
        },
        steps: played,
        failing: 0.3,
        dying: 0.06,
        seed,
      });
      died += deaths;
      const posted = scene.posts.flatMap(({ events }) => events);
      const order = posted.filter((id, place) => id !== posted[place - 1]);
      expect(order).toEqual(ids);
      expect(new Set(scene.delivered.flat())).toEqual(new Set(ids));
      expect(scene.statuses().every((status) => status === 'delivered')).toBe(true);
      expect(await scene.lanes.queued(scene.hook.ulid, 10)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(died).toBeGreaterThan(20);
});

/** Events of each post by its id, after a look that the same id is always the same post. */
function samePosts(scene: LaneScene): string[][] {
  const bodies = new Map(scene.posts.map(({ id, body }) => [id, body]));
  expect(scene.posts.filter(({ id, body }) => bodies.get(id) !== body)).toEqual([]);
  return [...new Map(scene.posts.map(({ id, events }) => [id, events])).values()];
}

function inOrder(scene: LaneScene, ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => (scene.ulidOf(a) < scene.ulidOf(b) ? -1 : 1));
}
