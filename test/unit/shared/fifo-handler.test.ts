import { beforeEach, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { DeleteMessages } from '../../../lambdas/shared/delete-messages.ts';
import { fifoHandler } from '../../../lambdas/shared/fifo-handler.ts';
import type { FifoJob } from '../../../lambdas/shared/fifo-handler.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { silentLog } from '../../support/silent-log.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

const schema = z.object({ name: z.string() });
type Named = FifoJob<z.output<typeof schema>>;

const visibilityTimeoutSeconds = 360;

let clock: VirtualClock;
let queue: FifoQueue;
let runs: { group: string; jobs: readonly Named[] }[];
beforeEach(() => {
  clock = virtualClock();
  queue = new FifoQueue({ now: clock.now, visibilityTimeoutSeconds, maxReceiveCount: 3 });
  runs = [];
});

function send(group: string, ...names: string[]): void {
  for (const name of names) sendBody(group, JSON.stringify({ name }));
}

let sent = 0;
function sendBody(group: string, body: string): void {
  sent += 1;
  queue.send(body, { group, deduplicationId: String(sent) });
}

/** Runs what can be received, until nothing can. */
async function work(run: (group: string, names: string[]) => void = () => undefined) {
  const handler = fifoHandler({
    schema,
    run: (group, jobs) => {
      runs.push({ group, jobs });
      return Promise.resolve().then(() => run(group, namesOf(jobs)));
    },
    log: silentLog(),
  });
  while ((await queue.deliver(handler)) !== 'idle');
}

function namesOf(jobs: readonly Named[]): string[] {
  return jobs.map(({ job }) => job.name);
}

/** The names that each run got. */
function seen(group: string): string[][] {
  return runs.filter((run) => run.group === group).map(({ jobs }) => namesOf(jobs));
}

function failing(group: string) {
  return (of: string) => {
    if (of === group) throw new Error('it cannot be done');
  };
}

const nextReceive = () => clock.advance(visibilityTimeoutSeconds * 1_000);

test('the jobs of a group are run together and in order, those of another apart', async () => {
  send('a', 'first', 'second');
  send('b', 'other');
  send('a', 'third');
  await work();
  expect(seen('a')).toEqual([['first', 'second', 'third']]);
  expect(seen('b')).toEqual([['other']]);
  expect(queue.size).toBe(0);
});

test('a job knows its place in the queue and when it was sent', async () => {
  const sentAtMs = clock.now();
  send('a', 'first', 'second');
  clock.advance(5_000);
  await work();
  const [first, second] = runs.flatMap(({ jobs }) => jobs);
  expect(first?.sentAtMs).toBe(sentAtMs);
  expect(BigInt(second?.sequence ?? 0)).toBeGreaterThan(BigInt(first?.sequence ?? 0));
});

test('when a run fails all of its group comes again, in its order and before what is later', async () => {
  send('a', 'first', 'second');
  await work(failing('a'));
  send('a', 'third');
  await work();
  expect(seen('a')).toEqual([['first', 'second']]);
  nextReceive();
  await work();
  expect(seen('a')).toEqual([
    ['first', 'second'],
    ['first', 'second', 'third'],
  ]);
  expect(queue.size).toBe(0);
});

test('a failing run is no matter of other groups', async () => {
  send('a', 'first');
  send('b', 'other');
  send('a', 'second');
  await work(failing('a'));
  expect(queue.size).toBe(2);
  send('b', 'another');
  await work(failing('a'));
  expect(seen('b')).toEqual([['other'], ['another']]);
  nextReceive();
  await work();
  expect(seen('a')).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ]);
});

test('what is no job ends alone among the dead letters, and its group goes on', async () => {
  send('a', 'first');
  sendBody('a', 'no JSON');
  send('a', 'second');
  sendBody('a', JSON.stringify({ name: 1 }));
  await work();
  expect(seen('a')).toEqual([['first', 'second']]);
  send('a', 'third');
  for (let receives = 0; receives < 3; receives += 1) {
    nextReceive();
    await work();
  }
  expect(seen('a').flat()).toEqual(['first', 'second', 'third']);
  expect(queue.size).toBe(0);
  expect(queue.deadLetters.map(({ body }) => body)).toEqual(['no JSON', '{"name":1}']);
});

test('a group that always fails ends among the dead letters, and what comes then is run', async () => {
  send('a', 'first', 'second');
  for (let receives = 0; receives < 3; receives += 1) {
    await work(failing('a'));
    nextReceive();
  }
  await work();
  expect(seen('a')).toHaveLength(3);
  expect(queue.deadLetters).toHaveLength(2);
  send('a', 'third');
  await work();
  expect(seen('a').at(-1)).toEqual(['third']);
});

test('groups are run side by side', async () => {
  send('a', 'first');
  send('b', 'other');
  let waiting = 0;
  const arrived = Promise.withResolvers<void>();
  const handler = fifoHandler({
    schema,
    run: async () => {
      waiting += 1;
      if (waiting === 2) arrived.resolve();
      await arrived.promise;
    },
    log: silentLog(),
  });
  expect(await queue.deliver(handler)).toBe('done');
});

/** Two groups of one invocation, of which `slow` has a run that ends when it is told to. */
function twoGroups(deleteMessages: DeleteMessages) {
  const slow = Promise.withResolvers<void>();
  const done: string[] = [];
  const handler = fifoHandler({
    schema,
    run: async (group, jobs) => {
      if (group === 'slow') await slow.promise;
      if (namesOf(jobs).includes('bad')) throw new Error('it cannot be done');
      done.push(...namesOf(jobs));
    },
    log: silentLog(),
    deleteMessages,
  });
  return { handler, done, endSlow: () => slow.resolve() };
}

test('a group that is done goes on while another of its invocation is not', async () => {
  const { handler, done, endSlow } = twoGroups(queue.delete);
  send('slow', 'long');
  send('quick', 'first');
  const invocation = queue.deliver(handler);
  await new Promise(setImmediate);
  send('quick', 'second');
  expect(await queue.deliver(handler)).toBe('done');
  expect(done).toEqual(['first', 'second']);
  endSlow();
  expect(await invocation).toBe('done');
  expect(done).toEqual(['first', 'second', 'long']);
  expect(queue.size).toBe(0);
});

test('messages of a group that failed are not deleted, nor is anything when deleting fails', async () => {
  const kept = twoGroups(queue.delete);
  kept.endSlow();
  send('slow', 'bad');
  send('quick', 'first');
  expect(await queue.deliver(kept.handler)).toBe('failed');
  expect(queue.size).toBe(1);
  nextReceive();
  queue = new FifoQueue({ now: clock.now });
  const refused = twoGroups(() => Promise.reject(new Error('no')));
  refused.endSlow();
  send('slow', 'long');
  send('quick', 'first');
  expect(await queue.deliver(refused.handler)).toBe('done');
  expect(queue.size).toBe(0);
});

test('with one group in an invocation nothing is deleted early', async () => {
  const deleted: string[] = [];
  const { handler } = twoGroups((handles) => {
    deleted.push(...handles);
    return Promise.resolve();
  });
  send('quick', 'first', 'second');
  expect(await queue.deliver(handler)).toBe('done');
  expect(deleted).toEqual([]);
});
