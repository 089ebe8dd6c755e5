import { expect, test } from '@jest/globals';
import { maxUlidTime, randomUlid, ulidTime } from '../../../lambdas/shared/identifier.ts';

test.each([0, 1, 1_795_262_400_000, maxUlidTime - 1])(
  'a ULID of the moment %d carries it',
  (atMs) => {
    expect(ulidTime(randomUlid(atMs))).toBe(atMs);
  },
);

test('ULIDs of the same moment differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => randomUlid(0))).size).toBe(1000);
});
