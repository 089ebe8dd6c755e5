import { beforeEach, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

let clock: VirtualClock;
let queue: FifoQueue;
beforeEach(() => {
  clock = virtualClock();
  queue = new FifoQueue({ now: clock.now, visibilityTimeoutSeconds: 60, maxReceiveCount: 2 });
});

const send = (group: string, body: string, deduplicationId = `${group} ${body}`) =>
  queue.send(body, { group, deduplicationId });

/** Receives once; the messages with the bodies named fail. */
async function receive(max?: number, failed: readonly string[] = []): Promise<string[]> {
  let records: SQSEvent['Records'] = [];
  await queue.deliver((event) => {
    records = event.Records;
    const failures = records.filter(({ body }) => failed.includes(body));
    return Promise.resolve({
      batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
  }, max);
  return records.map(({ body }) => body);
}

test('messages come in the order in which they were sent, at most ten at once', async () => {
  const bodies = Array.from({ length: 12 }, (_message, n) => String(n));
  for (const body of bodies) send('a', body);
  expect(await receive()).toEqual(bodies.slice(0, 10));
  expect(await receive(1)).toEqual(['10']);
  expect(await receive()).toEqual(['11']);
  expect(await receive()).toEqual([]);
});

test('a group waits for a message of its own that failed; another one does not', async () => {
  send('a', 'a1');
  send('a', 'a2');
  send('b', 'b1');
  expect(await receive(2, ['a2'])).toEqual(['a1', 'a2']);
  send('a', 'a3');
  expect(await receive()).toEqual(['b1']);
  expect(queue.nextReceiveAtMs()).toBe(clock.now() + 60_000);
  clock.advance(59_999);
  expect(await receive()).toEqual([]);
  clock.advance(1);
  expect(await receive()).toEqual(['a2', 'a3']);
});

test('what was received as often as it may be is a dead letter, and the next one comes', async () => {
  send('a', 'a1');
  for (let receives = 0; receives < 2; receives += 1) {
    expect(await receive(10, ['a1'])).toEqual(['a1']);
    clock.advance(60_000);
  }
  send('a', 'a2');
  expect(await receive()).toEqual(['a2']);
  expect(queue.deadLetters.map(({ body }) => body)).toEqual(['a1']);
});

test('what is redriven is a new message behind those that wait', async () => {
  send('a', 'a1');
  const [first] = await sequencesOf(['a1']);
  clock.advance(60_000);
  await sequencesOf(['a1']);
  clock.advance(60_000);
  expect(await receive()).toEqual([]);
  send('a', 'a2');
  queue.redrive();
  expect(queue.deadLetters).toEqual([]);
  const [second, again] = await sequencesOf([]);
  expect(BigInt(second ?? 0)).toBeGreaterThan(BigInt(first ?? 0));
  expect(BigInt(again ?? 0)).toBeGreaterThan(BigInt(second ?? 0));
});

test('the same deduplication id within five minutes is dropped, received or not', async () => {
  expect(send('a', 'a1', 'same')).toBe('sent');
  expect(send('a', 'a1', 'same')).toBe('dropped');
  expect(await receive()).toEqual(['a1']);
  clock.advance(5 * 60_000 - 1);
  expect(send('a', 'a1', 'same')).toBe('dropped');
  clock.advance(1);
  expect(send('a', 'a1', 'same')).toBe('sent');
});

test('a function that throws fails all that it got', async () => {
  send('a', 'a1');
  send('b', 'b1');
  const outcome = await queue.deliver(() => Promise.reject(new Error('the function died')));
  expect(outcome).toBe('failed');
  clock.advance(60_000);
  expect(await receive()).toEqual(['a1', 'b1']);
});

test('a delay is refused, as of a single message no FIFO queue knows one', () => {
  const jobs = queue.jobs<string>({ groupOf: () => 'a', deduplicationIdOf: (job) => job });
  expect(() => jobs.send(['a1'], 5)).toThrow(RangeError);
});

/** Receives once; gives the sequence numbers. */
async function sequencesOf(failed: readonly string[]): Promise<string[]> {
  let sequences: string[] = [];
  await queue.deliver((event) => {
    sequences = event.Records.map(({ attributes }) => attributes.SequenceNumber ?? '');
    const failures = event.Records.filter(({ body }) => failed.includes(body));
    return Promise.resolve({
      batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
  });
  return sequences;
}
