import { describe, expect, test } from '@jest/globals';
import type { EraseFollowsJob } from '../../../lambdas/follows/contract.ts';
import { eraseFollows } from '../../../lambdas/follows/erase-follows.ts';
import type { FollowsErasing } from '../../../lambdas/follows/erase-follows.ts';
import { eraseResource } from '../../../lambdas/follows/erase-resource.ts';
import { follow } from '../../../lambdas/follows/follow.ts';
import type { FollowWriting } from '../../../lambdas/follows/follow.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import type { JobQueue } from '../../../lambdas/shared/job-queue.ts';
import { faulty } from '../../support/faulty.ts';
import type { Fault, FaultPlan } from '../../support/faulty.ts';
import { followWriting } from '../../support/follow-writing.ts';
import { InMemoryFollowStore } from '../../support/in-memory-follow-store.ts';
import { contradictions } from '../../support/recount.ts';

const amy = 'user:amy';
const refs = [amy, 'user:bob', 'user:cat', 'project:p', 'photo:x', 'article:gone'];
/** `article` stands for a type that was taken out of the configuration. */
const types = ['user', 'project', 'photo'];

interface Sent {
  job: EraseFollowsJob;
  delaySeconds: number | undefined;
}

/** Amy follows three and is followed by three, one of them a friend; bob and cat follow each other. */
async function begun() {
  const memory = new InMemoryFollowStore();
  const writing = followWriting(memory);
  const pairs = [
    [amy, 'user:bob'],
    [amy, 'project:p'],
    [amy, 'article:gone'],
    ['user:bob', amy],
    ['photo:x', amy],
    ['article:gone', amy],
    ['user:bob', 'user:cat'],
    ['user:cat', 'user:bob'],
  ] as const;
  for (const [follower, followed] of pairs) await follow(writing, { follower, followed });
  const edgesOfAmy = 6;
  const { now } = writing.pace;
  const erasure = await eraseResource({ store: memory, now, newUlid: writing.newUlid }, amy, [
    'follows',
    'timelines',
  ]);
  await writing.pace.sleep(1_000);
  const job: EraseFollowsJob = {
    job: 'erase-follows',
    ref: amy,
    erasureId: erasure.erasureId,
    pass: 1,
  };
  return { memory, writing, erasure, job, edgesOfAmy };
}

function erasing(
  { memory, writing }: { memory: InMemoryFollowStore; writing: FollowWriting },
  options: { plan?: FaultPlan; runMs?: number } = {},
) {
  const sent: Sent[] = [];
  const jobs: JobQueue<EraseFollowsJob> = {
    send: (more, delaySeconds) => {
      sent.push(...more.map((job) => ({ job, delaySeconds })));
      return Promise.resolve();
    },
  };
  const { plan = () => undefined, runMs = 30_000 } = options;
  const store = faulty(memory, { plan });
  const work: FollowsErasing = {
    ...writing,
    store,
    erasures: store,
    jobs: faulty(jobs, { plan }),
    types,
    runMs,
  };
  return { work, sent };
}

class Crash extends Error {}

/** Delivers jobs until none is left, those that fail once more, as a queue does. Answers the failures. */
async function deliver(
  work: FollowsErasing,
  sent: Sent[],
  first: EraseFollowsJob,
): Promise<number> {
  let failures = 0;
  const waiting = [first];
  for (let job = waiting.shift(); job; job = waiting.shift()) {
    try {
      await eraseFollows(work, job);
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof TransientError)) throw error;
      failures += 1;
      waiting.push(job);
    }
    waiting.push(...sent.splice(0).map((message) => message.job));
  }
  return failures;
}

describe('erasing follows', () => {
  test('ends them both ways, of undeclared types too, and leaves what others have among themselves', async () => {
    const start = await begun();
    const { memory, edgesOfAmy, job } = start;
    const { work, sent } = erasing(start);
    await deliver(work, sent, job);

    expect(memory.allEdges.map(({ follower, followed }) => `${follower} ${followed}`)).toEqual([
      'user:bob user:cat',
      'user:cat user:bob',
    ]);
    expect(await contradictions(memory, refs)).toEqual([]);
    expect(memory.allEnded).toHaveLength(edgesOfAmy);
    expect(memory.allEnded.every(({ reason }) => reason === 'erased')).toBe(true);
    expect(await memory.counters(amy)).toEqual([]);
    expect((await memory.erasure(amy))?.parts.follows).toEqual({ removed: edgesOfAmy, done: true });
  });

  test('takes a second pass a few seconds later, for what indexes did not show yet', async () => {
    const start = await begun();
    const { memory, writing, erasure } = start;
    memory.holdLists();
    // As late as it may be, and in no index yet: same millisecond as the beginning of the erasure.
    const atStart = { ...writing, pace: { ...writing.pace, now: () => erasure.startedAtMs } };
    await follow(atStart, { follower: 'user:cat', followed: amy });
    const { work, sent } = erasing(start);

    await eraseFollows(work, start.job);
    expect(sent).toEqual([{ job: { ...start.job, pass: 2 }, delaySeconds: 5 }]);
    expect(memory.allEdges.filter(({ followed }) => followed === amy)).toHaveLength(1);
    expect((await memory.erasure(amy))?.parts.follows?.done).toBe(false);

    memory.releaseLists();
    await deliver(work, sent, { ...start.job, pass: 2 });
    expect(memory.allEdges.filter(({ followed }) => followed === amy)).toEqual([]);
    expect((await memory.erasure(amy))?.parts.follows).toEqual({ removed: 7, done: true });
  });

  test('does not count what an index still shows but was ended before', async () => {
    const start = await begun();
    start.memory.holdLists();
    const { work, sent } = erasing(start);
    await deliver(work, sent, start.job);
    expect((await start.memory.erasure(amy))?.parts.follows).toEqual({
      removed: start.edgesOfAmy,
      done: true,
    });
  });

  test('leaves follows that began after it, and then keeps the counters', async () => {
    const start = await begun();
    const { memory, writing } = start;
    await follow(writing, { follower: 'user:cat', followed: amy });
    await follow(writing, { follower: amy, followed: 'user:cat' });
    const { work, sent } = erasing(start);
    await deliver(work, sent, start.job);
    expect(
      memory.allEdges.filter(({ follower, followed }) => follower === amy || followed === amy),
    ).toHaveLength(2);
    expect(await contradictions(memory, refs)).toEqual([]);
    expect(await memory.counters(amy)).not.toEqual([]);
    expect((await memory.erasure(amy))?.parts.follows?.done).toBe(true);
  });

  test('hands what is left to a new message when its time is up', async () => {
    const start = await begun();
    const { work, sent } = erasing(start, { runMs: 0 });
    await eraseFollows(work, start.job);
    expect(start.memory.allEnded).toHaveLength(1);
    expect(sent).toEqual([{ job: start.job, delaySeconds: undefined }]);
    await deliver(work, sent, start.job);
    expect((await start.memory.erasure(amy))?.parts.follows).toEqual({
      removed: start.edgesOfAmy,
      done: true,
    });
  });

  test('does nothing for a message of another erasure, or once its part is done', async () => {
    const start = await begun();
    const { work, sent } = erasing(start);
    await eraseFollows(work, { ...start.job, erasureId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6' });
    expect(start.memory.allEnded).toEqual([]);
    await deliver(work, sent, start.job);
    await eraseFollows(work, start.job);
    expect(sent).toEqual([]);
  });

  const crashes: [string, (step: number) => FaultPlan][] = [
    ['before', (step) => faultAtStep(step, { kind: 'refused', error: new Crash() })],
    ['after', (step) => faultAtStep(step, { kind: 'answer lost', error: new Crash() })],
  ];

  test.each(crashes)(
    'resumes after a crash %s any of its steps, with nothing lost or counted twice',
    async (_when, planFor) => {
      let crashed = 1;
      let step = 0;
      for (; crashed > 0; step++) {
        const start = await begun();
        const { work, sent } = erasing(start, { plan: planFor(step) });
        crashed = await deliver(work, sent, start.job);
        expect(await contradictions(start.memory, refs)).toEqual([]);
        expect(start.memory.allEnded).toHaveLength(start.edgesOfAmy);
        expect((await start.memory.erasure(amy))?.parts.follows).toEqual({
          removed: start.edgesOfAmy,
          done: true,
        });
        expect(await start.memory.counters(amy)).toEqual([]);
      }
      // Each end alone takes a read and a transaction, so this many steps at least were gone through.
      expect(step).toBeGreaterThan(12);
    },
  );
});

/** One fault, at the nth call of whatever method, counted over all runs. */
function faultAtStep(step: number, fault: Fault): FaultPlan {
  let calls = 0;
  return () => (calls++ === step ? fault : undefined);
}
