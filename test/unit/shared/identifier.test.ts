import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  firstUlidAt,
  lastUlidAt,
  maxUlidTime,
  stableUlid,
  ulidTime,
} from '../../../lambdas/shared/identifier.ts';

const moments = fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) });

test('a ULID from a seed is always the same one, carries its time, and differs from others', () => {
  fc.assert(
    fc.property(moments, fc.string(), fc.string(), (atMs, seed, other) => {
      const id = stableUlid(atMs, seed);
      expect(id).toBe(stableUlid(atMs, seed));
      expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      expect(ulidTime(id)).toBe(atMs);
      expect(stableUlid(atMs, other) === id).toBe(seed === other);
    }),
  );
});

test('ULIDs of a moment lie between its first and its last one, and before the next moment', () => {
  fc.assert(
    fc.property(moments, fc.string(), (atMs, seed) => {
      const id = stableUlid(atMs, seed);
      expect(firstUlidAt(atMs) <= id).toBe(true);
      expect(id <= lastUlidAt(atMs)).toBe(true);
      expect(lastUlidAt(atMs) < firstUlidAt(atMs + 1)).toBe(true);
    }),
  );
});

test('the last moment of a ULID is the one before the named limit', () => {
  expect(ulidTime(lastUlidAt(maxUlidTime - 1))).toBe(maxUlidTime - 1);
  expect(() => firstUlidAt(maxUlidTime)).toThrow('Cannot encode a time');
});
