import { describe, expect, test } from '@jest/globals';
import { faulty } from '../../support/faulty.ts';
import { Death, LaneScene } from '../../support/lane-scene.ts';
import type { FifoJob } from '../../../lambdas/shared/fifo-handler.ts';
import type { LaneJob } from '../../../lambdas/webhooks/contract.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { workLane } from '../../../lambdas/webhooks/lane-worker.ts';

const inBatches = {
  delivery: { mode: 'batch', size: 3 },
  retry: { retries: 5, retryInterval: 60 },
};
const inOrder = { delivery: { mode: 'each', ordered: true }, retry: inBatches.retry };
const more = (of: object) => of as Partial<Hook>;

/** Messages as the queue hands them to any worker that gets them. */
function messages(scene: LaneScene, ids: readonly string[], first = 1): FifoJob<LaneJob>[] {
  const hook = scene.hook.ulid;
  const sentAtMs = scene.clock.now();
  return ids.map((id, n) => ({
    job: {
      kind: 'take',
      hook,
      event: { id, type: 'follow.created', atMs: Date.UTC(2026, 0, 1) + first + n },
      payload: JSON.stringify({ id }),
    },
    sequence: String(first + n),
    sentAtMs,
  }));
}

/**
 * A worker that stands still at a call, so long that others get its messages; then it goes on as though
 * nothing had happened.
 */
async function zombie(
  scene: LaneScene,
  jobs: readonly FifoJob<LaneJob>[],
  at: { method: string; nth: number; after: boolean },
  meanwhile: () => Promise<void>,
): Promise<void> {
  let stood = 0;
  let calls = 0;
  const stopping = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, key): unknown {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        if (key !== at.method) return member.bind(target) as unknown;
        return async (...args: unknown[]): Promise<unknown> => {
          calls += 1;
          const isHere = calls === at.nth;
          if (isHere) stood += 1;
          if (isHere && !at.after) await meanwhile();
          const answer: unknown = await Reflect.apply(member, target, args);
          if (isHere && at.after) await meanwhile();
          return answer;
        };
      },
    });
  const { parts } = scene;
  const stopped = {
    ...parts,
    lanes: stopping(parts.lanes),
    deliveries: stopping(parts.deliveries),
    post: { ...parts.post, poster: stopping(parts.post.poster) },
  };
  await workLane(stopped, scene.hook.ulid, jobs);
  expect(stood).toBe(1);
}

const ids = ['evt_1', 'evt_2', 'evt_3'];

describe('a worker that others take for dead', () => {
  const places = [
    { method: 'create', nth: 2, after: false },
    { method: 'create', nth: 3, after: true },
    { method: 'save', nth: 1, after: false },
    { method: 'save', nth: 1, after: true },
    { method: 'post', nth: 1, after: false },
    { method: 'post', nth: 1, after: true },
    { method: 'record', nth: 1, after: true },
    { method: 'save', nth: 2, after: false },
    { method: 'save', nth: 2, after: true },
  ];

  test.each(places)(
    'in batches posts nothing else than they do: $method $nth, after: $after',
    async (at) => {
      const scene = await LaneScene.with(more(inBatches));
      const jobs = messages(scene, ids);
      await zombie(scene, jobs, at, async () => {
        await workLane(scene.parts, scene.hook.ulid, jobs);
        await workLane(scene.parts, scene.hook.ulid, messages(scene, ['evt_4', 'evt_5'], 4));
      });
      expect(new Set(scene.posts.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
      expect(scene.delivered[0]).toEqual(ids);
      await workLane(scene.parts, scene.hook.ulid, messages(scene, ['evt_6'], 6));
      expect(scene.delivered.at(-1)).toEqual(['evt_4', 'evt_5', 'evt_6']);
      expect(scene.posts.length).toBeLessThanOrEqual(3);
      expect(await scene.lanes.read(scene.hook.ulid)).toMatchObject({ stored: 0, failures: 0 });
    },
  );

  test('and whose post fails, begins no chain for what they posted well', async () => {
    const scene = await LaneScene.with(more(inBatches));
    const jobs = messages(scene, ids);
    // The others' post is the first one that the receiver sees.
    scene.reply = (index) => (index === 0 ? 200 : 500);
    await zombie(scene, jobs, { method: 'post', nth: 1, after: false }, () =>
      workLane(scene.parts, scene.hook.ulid, jobs),
    );
    await scene.pass(3_600_000);
    expect(scene.posts).toHaveLength(2);
    expect(scene.statuses()).toEqual(['stored', 'stored', 'stored']);
    const lane = await scene.lanes.read(scene.hook.ulid);
    expect(lane).toMatchObject({ stored: 0, failures: 0 });
    expect(lane).not.toHaveProperty('wakeAt');
  });

  test('in order posts none before its turn', async () => {
    for (const after of [true, false]) {
      const scene = await LaneScene.with(more(inOrder));
      const jobs = messages(scene, ids);
      await zombie(scene, jobs, { method: 'post', nth: 2, after }, () =>
        workLane(scene.parts, scene.hook.ulid, jobs),
      );
      await scene.pass(3_600_000);
      expect(scene.statuses()).toEqual(['delivered', 'delivered', 'delivered']);
      const firsts = [...new Set(scene.posts.map(({ id }) => id))];
      expect(firsts).toEqual(ids);
      expect(scene.posts).toHaveLength(4);
    }
  });
});

test('a deleted hook in order posts nothing more, and its queue is discarded', async () => {
  const scene = await LaneScene.with(more(inOrder));
  scene.reply = () => 500;
  await scene.takeMany(30);
  await scene.work();
  expect(await scene.lanes.queued(scene.hook.ulid, 100)).toHaveLength(29);
  await scene.delete();
  await scene.pass(24 * 3_600_000);
  expect(scene.posts).toHaveLength(1);
  expect(new Set(scene.statuses())).toEqual(new Set(['discarded']));
  expect(await scene.lanes.queued(scene.hook.ulid, 100)).toEqual([]);
  const lane = await scene.lanes.read(scene.hook.ulid);
  expect(lane).not.toHaveProperty('blocked');
  expect(lane).not.toHaveProperty('wakeAt');
  expect(lane).toHaveProperty('expiresAt');
});

describe('a mode that is changed between a death and what comes again', () => {
  const modes = {
    batch: { delivery: { mode: 'batch', size: 2 } },
    ordered: { delivery: { mode: 'each', ordered: true } },
    each: { delivery: { mode: 'each', ordered: false } },
  } as const;
  const changes = (['batch', 'ordered', 'each'] as const).flatMap((from) =>
    (['batch', 'ordered', 'each'] as const).map((to) => ({ from, to })),
  );
  const ofLanes = changes.filter(({ from, to }) => from !== to && from !== 'each');

  test.each(ofLanes)('from $from to $to loses none, and posts each once', async ({ from, to }) => {
    for (const method of ['create', 'save', 'post']) {
      for (const kind of ['refused', 'answer lost'] as const) {
        const scene = await LaneScene.with(more(modes[from]));
        let deaths = 0;
        const plan = (call: { method: string }) => {
          if (call.method !== method || deaths > 0) return undefined;
          deaths += 1;
          return { kind, error: new Death('the function died') };
        };
        scene.wrap = (parts) => ({
          ...parts,
          lanes: faulty(parts.lanes, { plan }),
          deliveries: faulty(parts.deliveries, { plan }),
          post: { ...parts.post, poster: faulty(parts.post.poster, { plan }) },
        });
        const sent = await scene.takeMany(2);
        await scene.work();
        const hasSaved = deaths === 1;
        await scene.change(modes[to]);
        await scene.pass(3_600_000);
        // In order and without failures a lane is never stored.
        expect(hasSaved).toBe(!(from === 'ordered' && method === 'save'));
        const posted = new Set(scene.delivered.flat());
        const singly = new Set(scene.singles.map(({ delivery }) => delivery));
        for (const id of sent) {
          expect(posted.has(id) || singly.has(scene.ulidOf(id))).toBe(true);
        }
        // A post whose answer was lost is made again.
        const again = method === 'post' && kind === 'answer lost' ? repeats(scene) : 0;
        expect(scene.delivered.flat().length - again + singly.size).toBe(sent.length);
      }
    }
  });
});

/** Events of the first post that went well which went with something else, too. */
function repeats(scene: LaneScene): number {
  const [first = []] = scene.delivered;
  const rest = new Set(scene.delivered.slice(1).flat());
  const singly = new Set(scene.singles.map(({ delivery }) => delivery));
  return first.filter((id) => rest.has(id) || singly.has(scene.ulidOf(id))).length;
}
