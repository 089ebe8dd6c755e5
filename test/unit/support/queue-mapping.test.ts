import { describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { memoryQueue } from '../../support/memory-queue.ts';
import type { MemoryQueueOptions } from '../../support/memory-queue.ts';
import { deliveriesOf, runQueueMappings } from '../../support/queue-mapping.ts';
import type { QueueMapping } from '../../support/queue-mapping.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const maxReceiveCount = 3;

function setUp(bodies: readonly string[], options: Partial<MemoryQueueOptions> = {}) {
  const clock = virtualClock();
  const { fifo = false } = options;
  const deadLetters = memoryQueue({ name: 'dead', now: clock.now, fifo });
  const queue = memoryQueue({
    name: 'jobs',
    now: clock.now,
    deadLetters: { queue: deadLetters, maxReceiveCount },
    ...options,
  });
  for (const body of bodies) queue.send(body, fifo ? { groupId: body.slice(0, 1) } : {});
  const batches: string[] = [];
  const run = async (
    mapping: Omit<QueueMapping, 'queue' | 'handler'>,
    answer: (event: SQSEvent, nth: number) => unknown,
  ) =>
    runQueueMappings({
      clock,
      mappings: [
        {
          queue,
          handler: (event) => {
            batches.push(event.Records.map(({ body }) => body).join(' '));
            return answer(event, batches.length);
          },
          ...mapping,
        },
      ],
    });
  const dead = () => deadLetters.messages().map(({ body }) => body);
  return { clock, queue, batches, run, dead };
}

const failing =
  (poison: string) =>
  ({ Records }: SQSEvent) => ({
    batchItemFailures: Records.filter(({ body }) => body === poison).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });

describe('a standard queue', () => {
  test('is handed out in batches of ten by default and of batchSize otherwise', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `${index}`);
    const byDefault = setUp(bodies);
    await byDefault.run({}, () => undefined);
    expect(byDefault.batches.map((batch) => batch.split(' ').length)).toEqual([10, 2]);
    const larger = setUp(bodies);
    await larger.run({ batchSize: 100 }, () => undefined);
    expect(larger.batches).toHaveLength(1);
  });

  test('gives the whole batch again after the visibility time-out when the function throws', async () => {
    const { clock, batches, run } = setUp(['a', 'b'], { visibilityTimeoutSeconds: 360 });
    const startMs = clock.now();
    const { invocations } = await run({ reportBatchItemFailures: true }, (_, nth) => {
      if (nth === 1) throw new Error('passing');
    });
    expect(batches).toEqual(['a b', 'a b']);
    expect(invocations.map(({ atMs }) => atMs - startMs)).toEqual([0, 360_000]);
  });

  test('gives only the reported messages again, at last to the dead-letter queue', async () => {
    const { batches, run, dead } = setUp(['a', 'poison', 'c']);
    await run({ reportBatchItemFailures: true }, failing('poison'));
    expect(batches).toEqual(['a poison c', 'poison', 'poison']);
    expect(dead()).toEqual(['poison']);
  });

  test('takes the neighbours along when nothing is reported but thrown', async () => {
    const { run, dead } = setUp(['a', 'poison', 'c']);
    await run({}, ({ Records }) => {
      if (Records.some(({ body }) => body === 'poison')) throw new Error('poison');
    });
    expect(dead()).toEqual(['a', 'poison', 'c']);
  });

  test('loses what is reported when reporting is not switched on', async () => {
    const { batches, queue, run, dead } = setUp(['a', 'poison']);
    await run({}, failing('poison'));
    expect(batches).toEqual(['a poison']);
    expect([queue.messages(), dead()]).toEqual([[], []]);
  });

  test.each<[string, unknown]>([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a message id that does not exist', { batchItemFailures: [{ itemIdentifier: 'no-such' }] }],
    ['an identifier under another key', { batchItemFailures: [{ messageId: 'jobs-1' }] }],
  ])('takes %s for the failure of the whole batch', async (_, response) => {
    const { run, dead } = setUp(['a', 'b']);
    await run({ reportBatchItemFailures: true }, () => response);
    expect(dead()).toEqual(['a', 'b']);
  });

  test('can give every message in any order and one more time', async () => {
    const unreliable = { random: seededRandom(7), duplicateRate: 1 };
    const { batches, run, dead } = setUp(['a', 'b', 'c', 'd'], { unreliable });
    const result = await run({ batchSize: 2 }, () => undefined);
    expect([...deliveriesOf(result).values()]).toEqual([2, 2, 2, 2]);
    expect(batches.join(' ')).not.toBe('a b c d a b c d');
    expect(dead()).toEqual([]);
  });

  test('can be handed out to several runs of the function at once', async () => {
    const { run } = setUp(['a', 'b', 'c']);
    let underWay = 0;
    let most = 0;
    await run({ batchSize: 1, concurrency: 2 }, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
    });
    expect(most).toBe(2);
  });
});

describe('a FIFO queue', () => {
  test('blocks the group of a failed message and no other', async () => {
    const { batches, run } = setUp(['a1', 'a2', 'b1', 'b2'], { fifo: true });
    await run({ batchSize: 1, reportBatchItemFailures: true }, (event, nth) =>
      nth === 1 ? failing('a1')(event) : undefined,
    );
    expect(batches).toEqual(['a1', 'b1', 'b2', 'a1', 'a2']);
  });

  test('loses its order to a function that reports one failure and does the rest of the group', async () => {
    const { batches, run } = setUp(['a1', 'a2'], { fifo: true });
    await run({ reportBatchItemFailures: true }, (event, nth) =>
      nth === 1 ? failing('a1')(event) : undefined,
    );
    expect(batches).toEqual(['a1 a2', 'a1']);
  });

  test('has batches of ten at most', async () => {
    const { run } = setUp([], { fifo: true });
    await expect(run({ batchSize: 11 }, () => undefined)).rejects.toThrow(RangeError);
  });
});

/** A planner that gives work to a second queue and to itself. */
function chain(members: number) {
  const clock = virtualClock();
  const plans = memoryQueue({ name: 'plans', now: clock.now });
  const chunks = memoryQueue({ name: 'chunks', now: clock.now });
  const done: string[] = [];
  const mappings: QueueMapping[] = [
    {
      queue: plans,
      // Plans three at a time and gives itself the rest a minute later.
      handler: ({ Records }) => {
        for (const { body } of Records) {
          const from = Number(body);
          for (let n = from; n < Math.min(from + 3, members); n += 1) chunks.send(`m${n}`);
          if (from + 3 < members) plans.send(String(from + 3), { delaySeconds: 60 });
        }
      },
    },
    { queue: chunks, handler: ({ Records }) => done.push(...Records.map(({ body }) => body)) },
  ];
  plans.send('0');
  return { clock, plans, chunks, done, mappings };
}

describe('several queues', () => {
  test('run until all is quiet, with the delays that their functions asked for', async () => {
    const { clock, plans, chunks, done, mappings } = chain(8);
    const startMs = clock.now();
    await runQueueMappings({ clock, mappings });
    expect(done).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);
    expect(clock.now() - startMs).toBe(120_000);
    expect([plans.messages(), chunks.messages()]).toEqual([[], []]);
  });

  test('each get their messages at the moment they become visible', async () => {
    const clock = virtualClock();
    const startMs = clock.now();
    const [early, late] = ['early', 'late'].map((name) => memoryQueue({ name, now: clock.now }));
    if (!early || !late) throw new Error('two queues');
    late.send('b', { delaySeconds: 20 });
    early.send('a', { delaySeconds: 10 });
    const mappings = [late, early].map((queue) => ({ queue, handler: () => undefined }));
    const { invocations } = await runQueueMappings({ clock, mappings });
    expect(invocations.map(({ queue, atMs }) => [queue, atMs - startMs])).toEqual([
      ['early', 10_000],
      ['late', 20_000],
    ]);
  });

  test('can be stopped for a race and run on', async () => {
    const { clock, done, mappings } = chain(8);
    await runQueueMappings({ clock, mappings, until: () => done.length >= 3 });
    expect(done).toEqual(['m0', 'm1', 'm2']);
    await runQueueMappings({ clock, mappings });
    expect(done).toHaveLength(8);
  });

  test('that never become quiet are an error', async () => {
    const clock = virtualClock();
    const queue = memoryQueue({ name: 'loop', now: clock.now });
    queue.send('again');
    const handler = () => queue.send('again');
    await expect(runQueueMappings({ clock, mappings: [{ queue, handler }] })).rejects.toThrow(
      /still not quiet .*loop: 1/,
    );
  });
});
