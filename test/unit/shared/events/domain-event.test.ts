import { describe, expect, test } from '@jest/globals';
import { PermanentError } from '../../../../lambdas/shared/errors.ts';
import { domainEvent, envelope } from '../../../../lambdas/shared/events/domain-event.ts';
import { eventTypes } from '../../../../lambdas/shared/events/registry.ts';
import { ulidTime } from '../../../../lambdas/shared/identifier.ts';

describe('the registry of event types', () => {
  test.each(Object.entries(eventTypes))(
    'has an example of %s that fits its schema',
    (_type, definition) => {
      expect(definition.schema.parse(definition.example)).toEqual(definition.example);
      expect(definition.description).toMatch(/^[A-Z].+\.$/);
    },
  );

  test('names each type by what it concerns and what happened', () => {
    for (const type of Object.keys(eventTypes)) expect(type).toMatch(/^[a-z]+\.[a-z]+$/);
  });

  test('has the types that clients rely on', () => {
    expect(Object.keys(eventTypes)).toEqual(
      expect.arrayContaining([
        'follow.created',
        'follow.deleted',
        'friend.created',
        'friend.deleted',
        'action.created',
        'action.deleted',
      ]),
    );
  });
});

const about = {
  atMs: Date.UTC(2026, 10, 21, 10, 30),
  seed: 'event-1',
  audience: ['user:flo', 'user:amy', 'user:flo'],
  data: { resources: ['user:amy', 'user:flo'] as [string, string] },
};

describe('an event', () => {
  test('made again from the same record is the same event', () => {
    expect(domainEvent('friend.deleted', about)).toEqual(domainEvent('friend.deleted', about));
  });

  test.each([
    ['record', { seed: 'event-2' }],
    ['time', { atMs: about.atMs + 1 }],
  ])('of another %s has another id', (_what, changes) => {
    expect(domainEvent('friend.deleted', { ...about, ...changes }).id).not.toBe(
      domainEvent('friend.deleted', about).id,
    );
  });

  test('of another type from the same record has another id', () => {
    const created = domainEvent('friend.created', {
      ...about,
      data: { ...about.data, since: '2026-11-21T10:30:00.000Z' },
    });
    expect(created.id).not.toBe(domainEvent('friend.deleted', about).id);
  });

  test('has an id that sorts by its time, and an envelope', () => {
    const event = domainEvent('friend.deleted', about);
    expect(envelope.parse(event)).toEqual(event);
    expect(event.id).toMatch(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(ulidTime(event.id.slice(4))).toBe(about.atMs);
    expect(event.at).toBe('2026-11-21T10:30:00.000Z');
  });

  test('names each of its audience once', () => {
    expect(domainEvent('friend.deleted', about).audience).toEqual(['user:flo', 'user:amy']);
  });

  test('whose data does not fit is refused for good', () => {
    const data = { resources: ['user:amy'] } as never;
    expect(() => domainEvent('friend.deleted', { ...about, data })).toThrow(PermanentError);
  });
});
