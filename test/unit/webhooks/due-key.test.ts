import { expect, test } from '@jest/globals';
import { allShards, dueAttributes, dueRowOf, dueTime } from '../../../lambdas/webhooks/due-key.ts';
import { newHook } from '../../support/webhook-hooks.ts';

const { ulid: hook } = newHook();
const delivery = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

test.each([
  { hook, dueAt: 1_700_000_000_000 },
  { hook, dueAt: 5, delivery, tries: 0 },
  { hook, dueAt: 5, delivery, tries: 12, single: true },
  { hook, dueAt: 5, delivery, tries: 1, reserved: true },
  { hook, dueAt: 5, delivery, tries: 1, single: true, reserved: true },
])('a key says all that the job needs: %j', (row) => {
  const { dueAt, dueShard } = dueAttributes(row);
  expect(dueRowOf(dueAt, 'delivery' in row ? delivery : undefined)).toEqual(row);
  expect(allShards).toContain(dueShard);
});

test('keys sort by time, and a moment sorts before all of its keys', () => {
  const keys = [999, 1_000, 20_000].map((dueAt) => dueAttributes({ hook, dueAt }).dueAt);
  expect(keys.toSorted()).toEqual(keys);
  expect(dueTime(1_000) < (keys[1] ?? '')).toBe(true);
  expect((keys[0] ?? '') < dueTime(1_000)).toBe(true);
});

test('hooks are spread over all shards', () => {
  const shards = Array.from(
    { length: 400 },
    () => dueAttributes({ hook: newHook().ulid, dueAt: 1 }).dueShard,
  );
  expect(new Set(shards)).toEqual(new Set(allShards));
});
