import { expect, test } from '@jest/globals';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { domainEvent } from '../../../../lambdas/shared/events/domain-event.ts';
import { eventBridgeBus } from '../../../../lambdas/shared/events/event-bus.ts';
import { answeredBy } from '../aws-answers.ts';

const eventNumber = (number: number) =>
  domainEvent('friend.deleted', {
    atMs: Date.UTC(2026, 10, 21),
    seed: String(number),
    audience: ['user:flo'],
    data: { resources: ['user:flo', `user:${number}`] },
  });

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

test('many events go ten a call, in order', async () => {
  const { calls, bus: to } = bus();
  const events = Array.from({ length: 12 }, (_, number) => eventNumber(number));
  expect(await to.publish(events)).toHaveLength(12);
  expect(calls.map((entries) => entries.length)).toEqual([10, 2]);
});

test('each event has its own outcome: done, once more, or refused for good', async () => {
  const events = [1, 2, 3].map(eventNumber);
  const { bus: to } = bus(({ id }) => {
    if (id === events[1]?.id) return 'ThrottlingException';
    return id === events[2]?.id ? 'MalformedDetail' : undefined;
  });
  expect(await to.publish(events)).toEqual(['done', 'retry', { refused: 'MalformedDetail: no' }]);
});
