import { describe, expect, test } from '@jest/globals';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';
import type { Change } from '../../../lambdas/shared/stream-handler.ts';
import { effectsOf } from '../../../lambdas/timelines/relay.ts';
import type { Effect } from '../../../lambdas/timelines/relay.ts';

const ulid = firstUlidAt(5_000);
const actor = 'user:flo';
const keys = { pk: `PUB#${actor}`, sk: `${ulid}#` };
const row = { ...keys, verb: 'like', target: 'article:7', data: '{"a":1}', postedAt: 9_000 };
const gone = { ...keys, retracted: true, expiresAt: 1 };

const changeOf = (more: Partial<Change>): Change => ({
  id: 'change-1',
  atMs: 77_000,
  kind: 'MODIFY',
  keys,
  before: undefined,
  after: undefined,
  ...more,
});
const eventsOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => ('event' in effect ? [effect.event] : []));
const plansOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => ('job' in effect ? [effect.job] : []));

const idOf = (change: Partial<Change>) =>
  eventsOf(effectsOf(changeOf({ after: row, ...change })))[0]?.id;

describe('what follows from a change', () => {
  test('a new action is told to its actor and target, and planned', () => {
    const effects = effectsOf(changeOf({ kind: 'INSERT', after: row }));
    expect(eventsOf(effects)).toMatchObject([
      {
        type: 'action.created',
        at: '1970-01-01T00:00:09.000Z',
        audience: [actor, 'article:7'],
        data: {
          id: `act_${ulid}`,
          actor,
          verb: 'like',
          target: 'article:7',
          data: { a: 1 },
          at: '1970-01-01T00:00:05.000Z',
        },
      },
    ]);
    expect(plansOf(effects)).toEqual([{ kind: 'copy', actor, ulid }]);
  });

  test('one for the actor alone is told and not planned', () => {
    const effects = effectsOf(changeOf({ kind: 'INSERT', after: { ...row, self: true } }));
    expect(eventsOf(effects)).toHaveLength(1);
    expect(plansOf(effects)).toEqual([]);
  });

  test('one taken back is told, and its copies are to be removed', () => {
    const effects = effectsOf(changeOf({ before: row, after: gone }));
    expect(eventsOf(effects)).toMatchObject([
      {
        type: 'action.deleted',
        at: '1970-01-01T00:01:17.000Z',
        audience: [actor, 'article:7'],
        data: { id: `act_${ulid}`, actor, at: '1970-01-01T00:00:05.000Z' },
      },
    ]);
    expect(plansOf(effects)).toEqual([{ kind: 'remove', actor, ulid, postedAt: 9_000 }]);
  });

  test('one taken back by an erasure is told and not planned: its follows end too', () => {
    const effects = effectsOf(changeOf({ before: row, after: { ...gone, erased: true } }));
    expect(eventsOf(effects)).toHaveLength(1);
    expect(plansOf(effects)).toEqual([]);
  });

  test('the progress of an erasure is told each time', () => {
    const progress = { ref: actor, erasureId: ulid, removed: 3, done: false };
    const change = changeOf({ keys: { pk: `ER#${actor}`, sk: 'ER' }, after: progress });
    expect(eventsOf(effectsOf(change))).toMatchObject([
      { type: 'erasure.progressed', audience: [], data: { part: 'timelines', ...progress } },
    ]);
    expect(effectsOf({ ...change, kind: 'REMOVE', after: undefined, before: progress })).toEqual(
      [],
    );
  });

  test.each<[string, Partial<Change>]>([
    ['forgetting what was taken back', { kind: 'REMOVE', before: gone }],
    ['a change of what was taken back', { before: gone, after: { ...gone, expiresAt: 2 } }],
    ['a change of a live row', { before: row, after: { ...row, note: 1 } }],
    ['a private row', { keys: { pk: 'TL#user:amy', sk: `${ulid}#~note` }, after: row }],
    ['a remembered answer', { keys: { pk: 'IDEM#x', sk: 'IDEM' }, after: {} }],
  ])('nothing follows from %s', (_what, change) => {
    expect(effectsOf(changeOf(change))).toEqual([]);
  });

  test('the same change makes the same event, another one another', () => {
    expect(idOf({})).toBe(idOf({ atMs: 88_000 }));
    expect(idOf({})).not.toBe(idOf({ id: 'change-2' }));
  });

  test('a row that is none of ours is refused', () => {
    expect(() => effectsOf(changeOf({ after: { ...row, postedAt: 'soon' } }))).toThrow('postedAt');
  });
});
