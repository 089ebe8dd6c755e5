import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../lambdas/shared/stream-handler.ts';
import { fitsBus } from '../../../lambdas/shared/events/event-bus.ts';
import { keys, relayedChanges } from '../../../lambdas/webhooks/contract.ts';
import { customEventRow } from '../../../lambdas/webhooks/custom-event.ts';
import { healthRow, healthy, hookRow, markRow } from '../../../lambdas/webhooks/hook-rows.ts';
import { hookId } from '../../../lambdas/webhooks/hook.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { eventsOf } from '../../../lambdas/webhooks/relay.ts';
import { newHook } from '../../support/webhook-hooks.ts';

type Row = Record<string, unknown>;

const changeOf = (before: Row | undefined, after: Row | undefined, id = 'change-1'): Change => ({
  id,
  atMs: 77_000,
  kind: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  keys: { pk: String((after ?? before)?.['pk']), sk: String((after ?? before)?.['sk']) },
  before,
  after,
});
const hook = newHook();
const disabled: Hook = { ...hook, enabled: false, disabledReason: 'gone', epoch: 1 };
const idOf = (id: string) => eventsOf(changeOf(hookRow(hook), hookRow(disabled), id))[0]?.id;
const warned = { ...healthy, exhausted: 50, warned: true };

describe('hook.disabled', () => {
  const told = {
    hook: hookId(hook.ulid),
    target: hook.target,
    owner: hook.owner,
    reason: 'gone',
    percent: 100,
  };

  test.each(['manual', 'gone', 'failing'] as const)(
    'is told to the owner when an endpoint is disabled (%s)',
    (disabledReason) => {
      const [event, ...more] = eventsOf(
        changeOf(hookRow(hook), hookRow({ ...disabled, disabledReason })),
      );
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        type: 'hook.disabled',
        at: new Date(77_000).toISOString(),
        audience: [hook.owner],
        data: { ...told, reason: disabledReason },
      });
    },
  );

  test('of the installation’s endpoint has no audience', () => {
    const [event] = eventsOf(
      changeOf(hookRow({ ...hook, owner: null }), hookRow({ ...disabled, owner: null })),
    );
    expect(event).toMatchObject({ audience: [], data: { owner: null } });
  });

  test('warns once, when half of the way is gone', () => {
    const after = healthRow(hook, warned);
    const expected = [
      { audience: [hook.owner], data: { ...told, reason: 'failing', percent: 50 } },
    ];
    expect(eventsOf(changeOf(healthRow(hook, healthy), after))).toMatchObject(expected);
    expect(eventsOf(changeOf(undefined, after))).toMatchObject(expected);
    expect(eventsOf(changeOf(after, healthRow(hook, { ...warned, exhausted: 51 })))).toEqual([]);
  });

  test.each<[string, Row | undefined, Row | undefined]>([
    ['a new endpoint', undefined, hookRow(hook)],
    ['an endpoint that is enabled', hookRow(disabled), hookRow(hook)],
    ['another change', hookRow(hook), hookRow({ ...hook, description: 'x' })],
    ['a change while disabled', hookRow(disabled), hookRow({ ...disabled, description: 'x' })],
    ['a deletion', hookRow(hook), markRow(hook.ulid, 5)],
    ['the end of a deletion’s mark', markRow(hook.ulid, 5), undefined],
    ['a failure', undefined, healthRow(hook, { ...healthy, exhausted: 1 })],
    ['a recovery', healthRow(hook, warned), healthRow(hook, healthy)],
    ['the end of health', healthRow(hook, warned), undefined],
    ['a turn under a rate limit', undefined, { ...keys.rate(hook.ulid), at: 5 }],
  ])('says nothing of %s', (_what, before, after) => {
    expect(eventsOf(changeOf(before, after))).toEqual([]);
  });
});

describe('an event of another system', () => {
  const sent = {
    id: 'mine:1',
    type: 'article.published',
    at: '2026-11-21T10:30:00.000Z',
    audience: ['user:amy'],
    data: '{"z":1,"title":"\\ud800","deep":[1.5]}',
    bodyHash: 'hash',
  };

  test('goes to the bus with its own id and time, and once', () => {
    const row = customEventRow(sent, 5);
    const { bodyHash: _hash, ...event } = sent;
    const events = eventsOf(changeOf(undefined, row));
    expect(events).toEqual([{ ...event, data: { z: 1, title: '\ud800', deep: [1.5] } }]);
    expect(JSON.stringify(events[0]?.data)).toBe(sent.data);
    expect(eventsOf(changeOf(row, { ...row, expiresAt: 6 }))).toEqual([]);
    expect(eventsOf(changeOf(row, undefined))).toEqual([]);
  });

  test('as large as the API takes it fits the bus', () => {
    const data = JSON.stringify({ title: 'x'.repeat(240 * 1024 - 200) });
    const [event] = eventsOf(changeOf(undefined, customEventRow({ ...sent, data }, 5)));
    expect(event && fitsBus(event)).toBe(true);
  });
});

test('an erasure’s progress is told as the part of webhooks', () => {
  const ref = 'user:amy';
  const row = { ...keys.erasure(ref), erasureId: hook.ulid, removed: 3, done: true };
  expect(eventsOf(changeOf(undefined, row))).toMatchObject([
    {
      type: 'erasure.progressed',
      audience: [],
      data: { ref, erasureId: hook.ulid, part: 'webhooks', removed: 3, done: true },
    },
  ]);
  expect(eventsOf(changeOf(row, undefined))).toEqual([]);
});

test('the same change again makes the same event, another change another', () => {
  expect(idOf('change-1')).toMatch(/^evt_/);
  expect(idOf('change-1')).toBe(idOf('change-1'));
  expect(idOf('change-1')).not.toBe(idOf('change-2'));
});

test('the stream brings the relay every change from which something follows, and few others', () => {
  for (const [before, after, expected] of [
    [hookRow(hook), hookRow(disabled), true],
    [undefined, healthRow(hook, warned), true],
    [healthRow(hook, healthy), healthRow(hook, warned), true],
    [undefined, keys.erasure('user:amy'), true],
    [undefined, keys.custom('mine:1'), true],
    [undefined, hookRow(hook), false],
    [undefined, { ...keys.rate(hook.ulid), next: 1 }, false],
    [{ ...keys.rate(hook.ulid), next: 1 }, { ...keys.rate(hook.ulid), next: 2 }, false],
  ] as [Row | undefined, Row, boolean][]) {
    const { keys: key, kind } = changeOf(before, after);
    const brought = relayedChanges.some(
      ({ pk, sk = '', kinds }) =>
        key.pk.startsWith(pk) && key.sk.startsWith(sk) && (kinds?.includes(kind) ?? true),
    );
    expect([key, kind, brought]).toEqual([key, kind, expected]);
  }
});
