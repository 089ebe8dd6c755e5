import { expect, test } from '@jest/globals';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';
import { reachesFollower } from '../../../lambdas/timelines/reaches-follower.ts';

const followId = firstUlidAt(1_000);
const row = (postedAt: number, self = false) => ({
  retracted: false as const,
  ulid: firstUlidAt(5),
  actor: 'user:flo',
  verb: 'like',
  postedAt,
  self,
});

test.each([
  ['before the follow, with import', row(999), true, true],
  ['before the follow, without import', row(999), false, false],
  ['before the follow for the actor alone, with import', row(999, true), true, true],
  ['at the moment of the follow', row(1_000), false, true],
  ['after the follow', row(1_001), false, true],
  ['after the follow for the actor alone', row(1_001, true), true, false],
])('what was posted %s', (_when, action, importOnFollow, reaches) => {
  expect(reachesFollower(action, { followId }, { importOnFollow })).toBe(reaches);
});

test('of a follow that ended, only what was posted until then', () => {
  const via = { followId, until: 2_000 };
  expect(reachesFollower(row(2_000), via, { importOnFollow: true })).toBe(true);
  expect(reachesFollower(row(2_001), via, { importOnFollow: true })).toBe(false);
});

test('what was taken back reaches nobody', () => {
  const gone = { retracted: true as const, ulid: firstUlidAt(5), actor: 'user:flo' };
  expect(reachesFollower(gone, { followId }, { importOnFollow: true })).toBe(false);
});
