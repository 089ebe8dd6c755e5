import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { follow } from '../../../lambdas/follows/follow.ts';
import { unfollow } from '../../../lambdas/follows/unfollow.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { ulidTime } from '../../../lambdas/shared/identifier.ts';
import { contended } from '../../support/contended-follow-store.ts';
import { faultsAt, faultsInTurn, faulty, turnsBy } from '../../support/faulty.ts';
import type { Fault } from '../../support/faulty.ts';
import { followWriting } from '../../support/follow-writing.ts';
import { InMemoryFollowStore } from '../../support/in-memory-follow-store.ts';
import { contradictions } from '../../support/recount.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

const [amy, bob] = ['user:amy', 'user:bob'];
const pair = { follower: amy, followed: bob };
const back = { follower: bob, followed: amy };
const refused: Fault = { kind: 'refused', error: new TransientError('refused') };
const answerLost: Fault = { kind: 'answer lost', error: new TransientError('lost') };

class Crash extends Error {}

describe('following', () => {
  test('is created once, and keeps its first date when repeated', async () => {
    const store = new InMemoryFollowStore();
    const writing = followWriting(store);
    const first = await follow(writing, pair);
    expect(first.outcome).toBe('created');
    expect(ulidTime(first.edge.followId)).toBe(writing.pace.now());
    await writing.pace.sleep(60_000);
    expect(await follow(writing, pair)).toEqual({ outcome: 'existing', edge: first.edge });
    expect(await contradictions(store, [amy, bob])).toEqual([]);
  });

  test('makes friends from the second of two follows, with its date', async () => {
    const store = new InMemoryFollowStore();
    const writing = followWriting(store);
    const first = await follow(writing, pair);
    expect(first.edge.friendId).toBeUndefined();
    await writing.pace.sleep(60_000);
    const second = await follow(writing, back);
    expect(ulidTime(second.edge.friendId ?? '')).toBe(writing.pace.now());
    expect((await follow(writing, pair)).edge).toEqual({
      followId: first.edge.followId,
      friendId: second.edge.friendId,
    });
  });

  test('after an unfollow is a new follow and a new friendship', async () => {
    const store = new InMemoryFollowStore();
    const writing = followWriting(store);
    const first = await follow(writing, pair);
    const friendship = await follow(writing, back);
    expect(await unfollow(writing, pair)).toBe('ended');
    const again = await follow(writing, pair);
    expect(again.outcome).toBe('created');
    expect(again.edge.followId).not.toBe(first.edge.followId);
    expect(again.edge.friendId).toBeDefined();
    expect(again.edge.friendId).not.toBe(friendship.edge.friendId);
    expect(await store.endedFollows(amy)).toEqual(new Set([first.edge.followId]));
    expect(await contradictions(store, [amy, bob])).toEqual([]);
  });

  test('whose answer was lost is still this call’s own', async () => {
    const memory = new InMemoryFollowStore();
    const store = faulty(memory, { plan: faultsAt({ commitFollow: { 1: answerLost } }) });
    expect((await follow(followWriting(store), pair)).outcome).toBe('created');
    expect(memory.allEdges).toHaveLength(1);
    expect(await contradictions(memory, [amy, bob])).toEqual([]);
  });

  test('gives up with a transient error when the store stays out of reach', async () => {
    const store = faulty(new InMemoryFollowStore(), { plan: () => refused });
    const writing = followWriting(store);
    const startMs = writing.pace.now();
    await expect(follow(writing, pair)).rejects.toThrow(TransientError);
    const tookMs = writing.pace.now() - startMs;
    expect(tookMs).toBeGreaterThan(writing.pace.patienceMs / 2);
    expect(tookMs).toBeLessThanOrEqual(writing.pace.patienceMs);
  });

  test('passes on at once what is no passing failure', async () => {
    const broken: Fault = { kind: 'refused', error: new Error('wrong table') };
    const store = faulty(new InMemoryFollowStore(), { plan: faultsAt({ edges: { 1: broken } }) });
    await expect(follow(followWriting(store), pair)).rejects.toThrow('wrong table');
  });
});

describe('unfollowing', () => {
  test('ends follow and friendship; a second time there is nothing to end', async () => {
    const store = new InMemoryFollowStore();
    const writing = followWriting(store);
    await follow(writing, pair);
    await follow(writing, back);
    expect(await unfollow(writing, pair)).toBe('ended');
    expect(await unfollow(writing, pair)).toBe('absent');
    expect(store.allEnded).toMatchObject([{ ...pair, friend: true, reason: 'unfollowed' }]);
    expect(await contradictions(store, [amy, bob])).toEqual([]);
  });

  test('whose answer was lost counts as this call’s own, once', async () => {
    const memory = new InMemoryFollowStore();
    const store = faulty(memory, { plan: faultsAt({ commitUnfollow: { 1: answerLost } }) });
    const writing = followWriting(store);
    await follow(writing, pair);
    expect(await unfollow(writing, pair)).toBe('ended');
    expect(memory.allEnded).toHaveLength(1);
    expect(await contradictions(memory, [amy, bob])).toEqual([]);
  });

  test('of one follow leaves a later one alone', async () => {
    const store = new InMemoryFollowStore();
    const writing = followWriting(store);
    const { edge } = await follow(writing, pair);
    await unfollow(writing, pair);
    await follow(writing, pair);
    const only = { reason: 'erased', followId: edge.followId } as const;
    expect(await unfollow(writing, pair, only)).toBe('absent');
    expect(store.allEdges).toHaveLength(1);
  });
});

describe('at the same moment', () => {
  test('two resources that follow each other end as friends, in whatever order the steps happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const memory = new InMemoryFollowStore();
        const turn = turnsBy(scheduler);
        const store = faulty(
          contended(memory, () => turn('in flight')),
          { turn },
        );
        const writing = followWriting(store, { pace: { patienceMs: 86_400_000 } });
        await scheduler.waitFor(Promise.all([follow(writing, pair), follow(writing, back)]));
        const edges = memory.allEdges;
        expect(edges).toHaveLength(2);
        expect(edges[0]?.friendId).toBeDefined();
        expect(edges[1]?.friendId).toBe(edges[0]?.friendId);
        expect(await contradictions(memory, [amy, bob])).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  const resources = [amy, bob, 'project:sequitur'];
  const pairs = resources.flatMap((follower) =>
    resources
      .filter((followed) => followed !== follower)
      .map((followed) => ({ follower, followed })),
  );
  const deed = fc.record({
    wish: fc.constantFrom('follow', 'unfollow'),
    of: fc.constantFrom(...pairs),
  });
  const fault = fc.option(
    fc.constantFrom<Fault[]>(
      refused,
      answerLost,
      { kind: 'twice' },
      { kind: 'refused', error: new Crash() },
      { kind: 'answer lost', error: new Crash() },
    ),
    { nil: undefined, freq: 2 },
  );

  test('counts equal the edges after any deeds with retries, lost answers and crashes between steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
        fc.array(fault, { maxLength: 40 }),
        async (scheduler, actors, faults) => {
          const memory = new InMemoryFollowStore();
          const turn = turnsBy(scheduler);
          const store = faulty(
            contended(memory, () => turn('in flight')),
            { plan: faultsInTurn(faults), turn },
          );
          const writing = followWriting(store, { pace: { patienceMs: 86_400_000 } });
          const act = async (deeds: readonly { wish: string; of: typeof pair }[]) => {
            for (const { wish, of } of deeds) await untilNoCrash(() => perform(writing, wish, of));
          };
          await scheduler.waitFor(Promise.all(actors.map(act)));
          expect(await contradictions(memory, resources)).toEqual([]);
          if (actors.length === 1) expectLastWishes(memory, actors[0] ?? []);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([1, 2, 3])(
    'five hundred followers of one resource all succeed and count exactly 500 (chance %i)',
    async (seed) => {
      const memory = new InMemoryFollowStore();
      const time = new SimulatedTime();
      const random = seededRandom(seed);
      let collisions = 0;
      const store = contended(memory, () => time.sleep(5 + random() * 15));
      const counting = {
        ...store,
        commitFollow: async (write: Parameters<typeof store.commitFollow>[0]) => {
          const commit = await store.commitFollow(write);
          if (commit.outcome === 'busy') collisions += 1;
          return commit;
        },
      };
      const { now, sleep } = time;
      const writing = followWriting(counting, { seed, pace: { now, sleep } });
      const followers = Array.from({ length: 500 }, (_, at) => `user:${at}`);
      const outcomes = await time.run(
        Promise.all(
          followers.map((follower) => follow(writing, { follower, followed: 'user:star' })),
        ),
      );
      expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
      expect(collisions).toBeGreaterThan(0);
      expect((await memory.counters('user:star')).length).toBeGreaterThan(1);
      const sum = (await memory.counters('user:star'))
        .map(({ values }) => values['followers#user'] ?? 0)
        .reduce((a, b) => a + b);
      expect(sum).toBe(500);
      expect(await contradictions(memory, ['user:star', ...followers])).toEqual([]);
    },
  );
});

async function perform(
  writing: Parameters<typeof follow>[0],
  wish: string,
  of: typeof pair,
): Promise<void> {
  if (wish === 'follow') await follow(writing, of);
  else await unfollow(writing, of);
}

async function untilNoCrash(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

function expectLastWishes(
  memory: InMemoryFollowStore,
  deeds: readonly { wish: string; of: typeof pair }[],
): void {
  const wanted = new Map(deeds.map(({ wish, of }) => [`${of.follower} ${of.followed}`, wish]));
  const followed = [...wanted].filter(([, wish]) => wish === 'follow').map(([name]) => name);
  expect(memory.allEdges.map((e) => `${e.follower} ${e.followed}`).toSorted()).toEqual(
    followed.toSorted(),
  );
}
