import { expect, test } from '@jest/globals';
import { deliverEffects, eventIdOf } from '../../../../lambdas/shared/events/deliver-effects.ts';
import type { Effect } from '../../../../lambdas/shared/events/deliver-effects.ts';
import { domainEvent } from '../../../../lambdas/shared/events/domain-event.ts';

const event = (seed: string) =>
  domainEvent('friend.deleted', {
    atMs: 0,
    seed,
    audience: ['user:flo'],
    data: { resources: ['user:flo', 'user:thoas'] },
  });

const effects: Effect<string>[] = [
  { event: event('first') },
  { job: 'one' },
  { event: event('second') },
  { job: 'two' },
];

test('tells for each effect what became of it, and sends all jobs at once', async () => {
  const sent: (readonly string[])[] = [];
  const jobs = {
    send: (some: readonly string[]) => {
      sent.push(some);
      return Promise.resolve();
    },
  };
  const bus = { publish: () => Promise.resolve(['retry' as const, { refused: 'too large' }]) };
  expect(await deliverEffects({ bus, jobs }, effects)).toEqual([
    'retry',
    'done',
    { refused: 'too large' },
    'done',
  ]);
  expect(sent).toEqual([['one', 'two']]);
});

test('publishes nothing when jobs cannot be sent', async () => {
  let published = 0;
  const jobs = { send: () => Promise.reject(new Error('full')) };
  const bus = {
    publish: (events: readonly unknown[]) => {
      published += 1;
      return Promise.resolve(events.map(() => 'done' as const));
    },
  };
  await expect(deliverEffects({ bus, jobs }, effects)).rejects.toThrow('full');
  expect(published).toBe(0);
});

test('takes an event for done only when the bus says so', async () => {
  const jobs = { send: () => Promise.resolve() };
  const bus = { publish: () => Promise.resolve([]) };
  expect(await deliverEffects({ bus, jobs }, [{ event: event('lost') }])).toEqual(['retry']);
});

test('names an event by its id, and a job not at all', () => {
  const first = event('first');
  expect(eventIdOf({ event: first })).toBe(first.id);
  expect(eventIdOf({ job: 'one' })).toBeUndefined();
});
