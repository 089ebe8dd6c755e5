import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  instant,
  objectId,
  order,
  page,
  resourceRef,
} from '../../../../lambdas/shared/http/schemas.ts';

describe('a reference', () => {
  test.each(['user:flo', 'project:7', 'user:a:b', `user:${'a'.repeat(128)}`, 'user:A.z_0~@|+=-'])(
    'can be %s',
    (text) => expect(resourceRef.parse(text)).toBe(text),
  );

  test.each([
    '',
    'user',
    'user:',
    ':flo',
    'robot:1',
    'User:flo',
    'user:a b',
    'user:a/b',
    'user:a#b',
    'user:ü',
    'user:flo\n',
    `user:${'a'.repeat(129)}`,
  ])('cannot be "%s"', (text) => expect(resourceRef.safeParse(text).success).toBe(false));

  test('of an unknown type is told which there are', () => {
    expect(resourceRef.safeParse('robot:1').error?.issues[0]?.message).toBe(
      'unknown type; known here: user, project, article, photo',
    );
  });
});

describe('a limit', () => {
  const limits = z.strictObject(page);

  test('is 20 unless given', () => expect(limits.parse({})).toEqual({ limit: 20 }));

  test.each([
    ['1', 1],
    ['100', 100],
  ])('can be %s', (text, limit) => expect(limits.parse({ limit: text })).toEqual({ limit }));

  test.each(['0', '101', 'x', '', '1.5', '-1', '1e1', ' 1', '0x10'])('cannot be "%s"', (limit) =>
    expect(limits.safeParse({ limit }).success).toBe(false),
  );
});

test('an order is newest first unless given', () => {
  expect(order.parse(undefined)).toBe('desc');
  expect(order.safeParse('ASC').success).toBe(false);
});

describe('a time', () => {
  test.each([
    ['2026-11-21T10:30:00Z', Date.UTC(2026, 10, 21, 10, 30)],
    ['2026-11-21T10:30:00.123Z', Date.UTC(2026, 10, 21, 10, 30, 0, 123)],
    ['2026-11-21T12:30:00+02:00', Date.UTC(2026, 10, 21, 10, 30)],
    ['1970-01-01T00:00:00Z', 0],
    ['9999-12-31T23:59:59.999Z', Date.UTC(10_000, 0, 1) - 1],
    ['9999-12-31T22:59:59.999-01:00', Date.UTC(10_000, 0, 1) - 1],
  ])('can be %s', (text, ms) => expect(instant.parse(text)).toBe(ms));

  test.each([
    '2026-11-21',
    '2026-11-21T10:30:00',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59.999-00:01',
    '9999-12-31T23:59:59.999-23:59',
    'now',
    '',
    '1795257000',
  ])('cannot be "%s"', (text) => expect(instant.safeParse(text).success).toBe(false));
});

test.each(['act_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', 'nonsense', 'x'.repeat(5000)])(
  'an object id is refused by nobody but who looks for the object: %.20s',
  (text) => expect(objectId.parse(text)).toBe(text),
);
