import { expect, test } from '@jest/globals';
import { matchesAny, patternMistake } from '../../../lambdas/webhooks/event-pattern.ts';

test.each([
  ['follow.created', 'follow.created', true],
  ['follow.created', 'follow.created.twice', false],
  ['follow.created', 'follow.deleted', false],
  ['follow.*', 'follow.created', true],
  ['follow.*', 'follow.created.twice', true],
  ['follow.*', 'follow', false],
  ['follow.*', 'follows.created', false],
  ['follow.*', 'unfollow.created', false],
  ['a.b.*', 'a.b.c', true],
  ['a.b.*', 'a.c.b', false],
  ['*', 'anything.at.all', true],
])('%s for %s: %p', (pattern, type, matches) => {
  expect(matchesAny([pattern], type)).toBe(matches);
  expect(matchesAny(['x.y', pattern], type)).toBe(matches);
});

test('no pattern takes nothing', () => {
  expect(matchesAny([], 'follow.created')).toBe(false);
});

test.each(['*', 'follow.created', 'follow.*', 'not-yet.*', 'a.b_c.d-e.*'])(
  '%s can be subscribed to',
  (pattern) => {
    expect(patternMistake(pattern, (type) => type === 'follow.created')).toBeUndefined();
  },
);

test.each([
  'follow.creates',
  'follow',
  '',
  ' ',
  '**',
  '.*',
  'follow*',
  'follow.**',
  'follow.*.*',
  '*.created',
  'follow.*d',
  'Follow.*',
  'follow..*',
  'follow.\n*',
  `${'a'.repeat(127)}.*`,
])('%j cannot', (pattern) => {
  expect(patternMistake(pattern, (type) => type === 'follow.created')).toEqual(expect.any(String));
});
