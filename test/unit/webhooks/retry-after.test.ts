import { expect, test } from '@jest/globals';
import { retryAfterSeconds } from '../../../lambdas/webhooks/retry-after.ts';

const now = Date.parse('1994-11-06T08:49:00Z');
const asked = (value: string, status = 503) =>
  retryAfterSeconds({ status, headers: { 'retry-after': value } }, now);

test.each([
  ['0', 0],
  ['120', 120],
  [' 7 ', 7],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37],
  ['Sun Nov  6 08:49:37 1994', 37],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
])('%j asks for %i s', (value, seconds) => {
  expect(asked(value)).toBe(seconds);
});

test.each(['', '-1', '1.5', 'soon', '1994-11-06', 'Sun, nonsense GMT'])(
  '%j asks nothing',
  (value) => {
    expect(asked(value)).toBeUndefined();
  },
);

test('only too many requests and unavailability are heeded', () => {
  expect([429, 503, 500, 200].map((status) => asked('5', status))).toEqual([
    5,
    5,
    undefined,
    undefined,
  ]);
  expect(retryAfterSeconds({ status: 503, headers: {} }, now)).toBeUndefined();
});
