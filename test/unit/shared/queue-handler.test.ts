import { beforeEach, expect, test } from '@jest/globals';
import * as z from 'zod';
import { queueHandler } from '../../../lambdas/shared/queue-handler.ts';
import { memoryQueue } from '../../support/memory-queue.ts';
import type { MemoryQueue } from '../../support/memory-queue.ts';
import { deliveriesOf, runQueueMappings } from '../../support/queue-mapping.ts';
import { silentLog } from '../../support/silent-log.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

const schema = z.object({ name: z.string() });

let clock: VirtualClock;
let deadLetters: MemoryQueue;
let queue: MemoryQueue;
let done: string[];
beforeEach(() => {
  clock = virtualClock();
  deadLetters = memoryQueue({ name: 'dead-letters', now: clock.now });
  queue = memoryQueue({
    name: 'jobs',
    now: clock.now,
    visibilityTimeoutSeconds: 360,
    deadLetters: { queue: deadLetters, maxReceiveCount: 5 },
  });
  done = [];
});

const send = (names: string[]): string[] =>
  names.map((name) => queue.send(JSON.stringify({ name })));

async function work(run: (name: string, sentAtMs: number) => Promise<void>) {
  return runQueueMappings({
    mappings: [
      {
        queue,
        handler: queueHandler({
          schema,
          run: ({ name }, { sentAtMs }) => run(name, sentAtMs),
          log: silentLog(),
        }),
        reportBatchItemFailures: true,
      },
    ],
    clock,
  });
}

const finish = (name: string): Promise<void> => {
  done.push(name);
  return Promise.resolve();
};

test('every job of a batch is done once', async () => {
  send(['a', 'b', 'c']);
  const { invocations } = await work(finish);
  expect(done).toEqual(['a', 'b', 'c']);
  expect(invocations).toHaveLength(1);
});

test('a job that fails is received again alone, the others are done', async () => {
  const ids = send(['a', 'b', 'c']);
  let failed = false;
  const run = await work((name) => {
    if (name !== 'b' || failed) return finish(name);
    failed = true;
    return Promise.reject(new Error('once'));
  });
  expect(done).toEqual(['a', 'c', 'b']);
  expect(ids.map((id) => deliveriesOf(run).get(id))).toEqual([1, 2, 1]);
});

test('a job that always fails ends in the dead-letter queue after five receives, alone', async () => {
  const [, bad = ''] = send(['a', 'bad', 'c']);
  const run = await work((name) =>
    name === 'bad' ? Promise.reject(new Error('always')) : finish(name),
  );
  expect(done).toEqual(['a', 'c']);
  expect(deliveriesOf(run).get(bad)).toBe(5);
  expect(deadLetters.messages().map(({ body }) => body)).toEqual(['{"name":"bad"}']);
});

test('a batch of which every job fails is no failure of the function', async () => {
  send(['bad', 'bad']);
  const { invocations } = await work(() => Promise.reject(new Error('always')));
  expect(invocations[0]?.outcome).toMatchObject({ failed: [expect.anything(), expect.anything()] });
  expect(deadLetters.messages()).toHaveLength(2);
});

test.each(['no JSON', '{"name": 5}', '[]', ''])(
  'the message "%s" is no job and never runs',
  async (body) => {
    queue.send(body);
    await work(finish);
    expect(done).toEqual([]);
    expect(deadLetters.messages()).toHaveLength(1);
  },
);

test('a job is told when it was first sent, also when it is received again', async () => {
  const sentAt = clock.now();
  send(['late']);
  const seen: number[] = [];
  await work((_name, sentAtMs) => {
    seen.push(sentAtMs);
    return seen.length < 3 ? Promise.reject(new Error('again')) : Promise.resolve();
  });
  expect(seen).toEqual([sentAt, sentAt, sentAt]);
});
