import { expect, test } from '@jest/globals';
import { firstUlidAt, lastUlidAt, maxUlidTime } from '../../../lambdas/shared/identifier.ts';
import { keyRange } from '../../../lambdas/timelines/row-range.ts';

const [one, two] = [firstUlidAt(1_000), firstUlidAt(2_000)];
const rowsOf = (ulid: string) => [
  `${ulid}#`,
  `${ulid}#${one}`,
  `${ulid}#~note`,
  `${ulid}#~removed`,
];
const inside = ([low, high]: [string, string], sk: string) => sk >= low && sk <= high;

test('an open range holds every row of a timeline and none that concerns it as a whole', () => {
  for (const order of ['asc', 'desc'] as const) {
    const range = keyRange({ order });
    for (const ulid of [firstUlidAt(0), one, lastUlidAt(maxUlidTime - 1)]) {
      for (const sk of rowsOf(ulid)) expect(inside(range, sk)).toBe(true);
    }
    expect(inside(range, 'HEAD')).toBe(false);
    expect(inside(range, `HEAD#${one}`)).toBe(false);
  }
});

test('`after` leaves out all rows of that action and takes all of the next', () => {
  const asc = keyRange({ order: 'asc', after: one });
  const desc = keyRange({ order: 'desc', after: two });
  for (const sk of rowsOf(one)) expect([inside(asc, sk), inside(desc, sk)]).toEqual([false, true]);
  for (const sk of rowsOf(two)) expect([inside(asc, sk), inside(desc, sk)]).toEqual([true, false]);
});

test('bounds take all rows of their actions, and the narrower one counts', () => {
  const both = keyRange({ order: 'desc', oldest: one, newest: one, after: two });
  for (const sk of rowsOf(one)) expect(inside(both, sk)).toBe(true);
  for (const sk of rowsOf(two)) expect(inside(both, sk)).toBe(false);
  const [low, high] = keyRange({ order: 'asc', oldest: one, newest: one, after: one });
  expect(low > high || rowsOf(one).every((sk) => !inside([low, high], sk))).toBe(true);
});
