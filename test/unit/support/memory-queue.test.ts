import { describe, expect, test } from '@jest/globals';
import { jobsInto, memoryQueue } from '../../support/memory-queue.ts';
import type { MemoryQueueOptions } from '../../support/memory-queue.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

function setUp(options: Partial<MemoryQueueOptions> = {}) {
  const clock = virtualClock();
  const queue = memoryQueue({ name: 'jobs', now: clock.now, ...options });
  const received = (max = 10) => queue.receive(max).map(({ body }) => body);
  return { clock, queue, received };
}

/** The order in which an unreliable queue gives the messages a to h. */
function order(seed: number): string {
  const unreliable = { random: seededRandom(seed), duplicateRate: 0 };
  const { queue, received } = setUp({ unreliable });
  for (const body of 'abcdefgh') queue.send(body);
  return received().join('');
}

describe('a standard queue', () => {
  test('hides a received message until its visibility time-out is over', () => {
    const { clock, queue, received } = setUp({ visibilityTimeoutSeconds: 30 });
    queue.send('a');
    expect(received()).toEqual(['a']);
    clock.advance(29_999);
    expect(received()).toEqual([]);
    clock.advance(1);
    expect(received()).toEqual(['a']);
  });

  test('hides a delayed message until its time comes', () => {
    const { clock, queue, received } = setUp();
    queue.send('late', { delaySeconds: 900 });
    queue.send('now');
    expect(received()).toEqual(['now']);
    clock.advance(900_000);
    expect(received()).toContain('late');
  });

  test('counts receives and tells when the message was first sent and received', () => {
    const { clock, queue } = setUp();
    const sentAtMs = clock.now();
    queue.send('a');
    clock.advance(1000);
    queue.receive(1);
    clock.advance(30_000);
    expect(queue.receive(1)[0]?.attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      SentTimestamp: String(sentAtMs),
      ApproximateFirstReceiveTimestamp: String(sentAtMs + 1000),
    });
  });

  test('forgets a deleted message', () => {
    const { clock, queue, received } = setUp();
    queue.delete(queue.send('a'));
    clock.advance(30_000);
    expect(received()).toEqual([]);
    expect(queue.nextReceiveAtMs()).toBeUndefined();
  });

  test('gives a message maxReceiveCount times and then to the dead-letter queue, with its id', () => {
    const clock = virtualClock();
    const deadLetters = memoryQueue({ name: 'dead', now: clock.now });
    const policy = { queue: deadLetters, maxReceiveCount: 2 };
    const queue = memoryQueue({ name: 'jobs', now: clock.now, deadLetters: policy });
    const messageId = queue.send('a');
    for (const times of [1, 1, 0]) {
      expect(queue.receive(1)).toHaveLength(times);
      clock.advance(30_000);
    }
    expect(queue.messages()).toEqual([]);
    expect(deadLetters.messages()).toMatchObject([{ messageId, body: 'a' }]);
  });

  test('may give messages in any order, the same one for the same seed', () => {
    expect(order(1)).toBe(order(1));
    expect(new Set([1, 2, 3, 4].map(order)).size).toBeGreaterThan(1);
    expect(order(1).split('').toSorted().join('')).toBe('abcdefgh');
  });

  test('may give a deleted message once more, never twice more', () => {
    const { queue } = setUp({ unreliable: { random: seededRandom(1), duplicateRate: 1 } });
    const messageId = queue.send('a');
    const again = queue.receive(1);
    queue.delete(messageId);
    expect(queue.receive(1).map((record) => record.messageId)).toEqual(
      again.map((record) => record.messageId),
    );
    queue.delete(messageId);
    expect(queue.messages()).toEqual([]);
  });

  test.each([-1, 901])('refuses a delay of %d seconds', (delaySeconds) => {
    const { queue } = setUp();
    expect(() => queue.send('a', { delaySeconds })).toThrow(RangeError);
  });

  test('is where the port of jobs sends to', async () => {
    const { clock, queue, received } = setUp();
    await jobsInto(queue).send([{ n: 1 }, { n: 2 }], 60);
    expect(received()).toEqual([]);
    clock.advance(60_000);
    expect(received()).toEqual(['{"n":1}', '{"n":2}']);
  });
});

describe('a FIFO queue', () => {
  test('holds back the rest of a group while one of its messages is in flight', () => {
    const { clock, queue, received } = setUp({ fifo: true });
    for (const body of ['a1', 'a2', 'b1']) queue.send(body, { groupId: body.slice(0, 1) });
    expect(received(1)).toEqual(['a1']);
    expect(received()).toEqual(['b1']);
    clock.advance(30_000);
    expect(received()).toEqual(['a1', 'a2', 'b1']);
  });

  test('goes on with the group once the message is deleted', () => {
    const { queue, received } = setUp({ fifo: true });
    const first = queue.send('a1', { groupId: 'a' });
    queue.send('a2', { groupId: 'a' });
    received(1);
    queue.delete(first);
    expect(received()).toEqual(['a2']);
  });

  test('goes on with the group once the message is a dead letter', () => {
    const clock = virtualClock();
    const deadLetters = memoryQueue({ name: 'dead', now: clock.now, fifo: true });
    const queue = memoryQueue({
      name: 'jobs',
      now: clock.now,
      fifo: true,
      deadLetters: { queue: deadLetters, maxReceiveCount: 1 },
    });
    for (const body of ['a1', 'a2']) queue.send(body, { groupId: 'a' });
    queue.receive(1);
    clock.advance(30_000);
    expect(queue.receive(10).map(({ body }) => body)).toEqual(['a2']);
    expect(deadLetters.messages().map(({ body }) => body)).toEqual(['a1']);
  });

  test('drops a repeated send within five minutes', () => {
    const { clock, queue } = setUp({ fifo: true });
    const options = { groupId: 'a', deduplicationId: 'same' };
    const first = queue.send('a1', options);
    clock.advance(299_999);
    expect(queue.send('a2', options)).toBe(first);
    clock.advance(1);
    queue.send('a3', options);
    expect(queue.messages().map(({ body }) => body)).toEqual(['a1', 'a3']);
  });

  test('takes no message without a group and none with a delay', () => {
    const { queue } = setUp({ fifo: true });
    expect(() => queue.send('a')).toThrow(RangeError);
    expect(() => queue.send('a', { groupId: 'a', delaySeconds: 1 })).toThrow(RangeError);
  });
});

test('a FIFO queue has a FIFO dead-letter queue and is never unreliable', () => {
  const { queue } = setUp();
  const deadLetters = { queue, maxReceiveCount: 1 };
  const unreliable = { random: seededRandom(1), duplicateRate: 0 };
  expect(() => setUp({ fifo: true, deadLetters })).toThrow(RangeError);
  expect(() => setUp({ fifo: true, unreliable })).toThrow(RangeError);
});
