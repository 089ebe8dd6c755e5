import { describe, expect, test } from '@jest/globals';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { domainEvent } from '../../../../lambdas/shared/events/domain-event.ts';
import { callBytes, eventBridgeBus, fitsBus } from '../../../../lambdas/shared/events/event-bus.ts';
import { answeredBy } from '../aws-answers.ts';

const eventNumber = (number: number) =>
  domainEvent('friend.deleted', {
    atMs: Date.UTC(2026, 10, 21),
    seed: String(number),
    audience: ['user:flo'],
    data: { resources: ['user:flo', `user:${number}`] },
  });

/** What AWS counts of an event beside its detail: `sequitur`, `message.sent` and 14 for the time. */
const bytesAround = 8 + 12 + 14;

/** An event of exactly so many bytes as AWS counts them. */
function eventOfBytes(bytes: number, number = 1) {
  const withBody = (body: string) =>
    domainEvent('message.sent', {
      atMs: Date.UTC(2026, 10, 21),
      seed: String(number),
      audience: ['user:flo', 'user:thoas'],
      data: {
        id: `msg_${number}`,
        threadId: 'thr_1',
        subject: 'für dich 🐟',
        sender: 'user:flo',
        recipient: 'user:thoas',
        sentAt: '2026-11-21T00:00:00.000Z',
        body,
      },
    });
  const empty = Buffer.byteLength(JSON.stringify(withBody(''))) + bytesAround;
  // Of four bytes each, so that characters cannot be taken for bytes.
  const left = bytes - empty;
  return withBody('🐟'.repeat(Math.floor(left / 4)) + 'a'.repeat(left % 4));
}

/** Bytes of a call's entries as AWS counts them. */
function bytesOf(entries: readonly Record<string, unknown>[]): number {
  return entries.reduce(
    (sum, { Source, DetailType, Detail }) =>
      sum + Buffer.byteLength([Source, DetailType, Detail].map(String).join('')) + 14,
    0,
  );
}

function bus(errorOf: (detail: { id: string }) => string | undefined = () => undefined) {
  const calls: Record<string, unknown>[][] = [];
  const client = new EventBridgeClient(
    answeredBy(({ input }) => {
      const entries = input['Entries'] as Record<string, unknown>[];
      calls.push(entries);
      return {
        Entries: entries.map(({ Detail }) => {
          const ErrorCode = errorOf(JSON.parse(String(Detail)) as { id: string });
          return ErrorCode === undefined ? { EventId: 'e' } : { ErrorCode, ErrorMessage: 'no' };
        }),
      };
    }),
  );
  return { calls, bus: eventBridgeBus('the-bus', client) };
}

test('an event is an entry of the bus with its type and its whole envelope', async () => {
  const { calls, bus: to } = bus();
  const event = eventNumber(1);
  expect(await to.publish([event])).toEqual(['done']);
  expect(calls[0]?.[0]).toMatchObject({
    EventBusName: 'the-bus',
    Source: 'sequitur',
    DetailType: 'friend.deleted',
  });
  expect(JSON.parse(String(calls[0]?.[0]?.['Detail']))).toEqual(event);
});

test('characters that SQS refuses go as their escapes', async () => {
  const { calls, bus: to } = bus();
  const event = { ...eventNumber(1), data: { text: 'a\uFFFE\uFFFFb' } };
  await to.publish([event]);
  expect(String(calls[0]?.[0]?.['Detail'])).toContain('{"text":"a\\ufffe\\uffffb"}');
  expect(JSON.parse(String(calls[0]?.[0]?.['Detail']))).toEqual(event);
});

test('many events go ten a call, in order', async () => {
  const { calls, bus: to } = bus();
  const events = Array.from({ length: 12 }, (_, number) => eventNumber(number));
  expect(await to.publish(events)).toHaveLength(12);
  expect(calls.map((entries) => entries.length)).toEqual([10, 2]);
  const sent = calls.flat().map(({ Detail }) => JSON.parse(String(Detail)) as unknown);
  expect(sent).toEqual(events);
});

describe('large events', () => {
  const largest = callBytes - 1;

  test('go in as many calls as their bytes need, in order, and each has its outcome', async () => {
    const { calls, bus: to } = bus();
    const events = [100_000, 100_000, 62_143, 1_000, largest, 1_000].map(eventOfBytes);
    expect(await to.publish(events)).toEqual(events.map(() => 'done'));
    expect(calls.map((entries) => entries.length)).toEqual([3, 1, 1, 1]);
    for (const entries of calls) expect(bytesOf(entries)).toBeLessThan(callBytes);
  });

  test('of 256 KB together are too much for one call, of a byte less are not', async () => {
    const { calls, bus: to } = bus();
    await to.publish([100_000, callBytes - 100_000].map(eventOfBytes));
    await to.publish([100_000, callBytes - 100_001].map(eventOfBytes));
    expect(calls.map((entries) => entries.length)).toEqual([1, 1, 2]);
  });

  test('above the limit are refused for good and never sent; their neighbours are', async () => {
    const { calls, bus: to } = bus();
    const sizes = [callBytes, 1_000, callBytes + 5, largest, 1_000];
    expect(await to.publish(sizes.map(eventOfBytes))).toEqual([
      { refused: 'the event has 262144 bytes, the bus takes less than 262144' },
      'done',
      { refused: 'the event has 262149 bytes, the bus takes less than 262144' },
      'done',
      'done',
    ]);
    expect(calls.flat()).toHaveLength(3);
  });

  test('alone above the limit cost no call', async () => {
    const { calls, bus: to } = bus();
    await to.publish([eventOfBytes(callBytes)]);
    expect(calls).toEqual([]);
  });

  test('keep their outcomes apart from those of others in the same call', async () => {
    const events = [1_000, callBytes, 2_000, largest].map(eventOfBytes);
    const { bus: to } = bus(({ id }) => (id === events[2]?.id ? 'InternalFailure' : undefined));
    expect(await to.publish(events)).toEqual([
      'done',
      { refused: expect.stringContaining('262144 bytes') },
      'retry',
      'done',
    ]);
  });

  test('can be told before they are sent', () => {
    expect(fitsBus(eventOfBytes(largest))).toBe(true);
    expect(fitsBus(eventOfBytes(callBytes))).toBe(false);
  });
});

test('a message of the longest body fits, with the longest subject and participants', () => {
  const ref = `user:${'u'.repeat(128)}`;
  const event = domainEvent('message.sent', {
    atMs: Date.UTC(2026, 10, 21),
    seed: '1',
    audience: [ref, ref.replace('u', 'v')],
    data: {
      id: 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      threadId: 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      subject: '🐟'.repeat(140),
      sender: ref,
      recipient: ref,
      sentAt: '2026-11-21T00:00:00.000Z',
      bodyExcerpt: `${'🐟'.repeat(49)}...`,
      body: '🐟'.repeat(64_000),
    },
  });
  expect(fitsBus(event)).toBe(true);
});

test('each event has its own outcome: done, once more, or refused for good', async () => {
  const events = [1, 2, 3].map(eventNumber);
  const { bus: to } = bus(({ id }) => {
    if (id === events[1]?.id) return 'ThrottlingException';
    return id === events[2]?.id ? 'MalformedDetail' : undefined;
  });
  expect(await to.publish(events)).toEqual(['done', 'retry', { refused: 'MalformedDetail: no' }]);
});
