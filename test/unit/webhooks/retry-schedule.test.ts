import { expect, test } from '@jest/globals';
import { defaultRetryPolicy, retryDelayMs } from '../../../lambdas/webhooks/retry-schedule.ts';

test('the default schedule has seven retries, jittered by a fifth', () => {
  const middle = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map((s) => s * 1_000);
  expect(delays(0.5)).toEqual([...middle, undefined]);
  expect(delays(0)).toEqual([...middle.map((ms) => ms * 0.8), undefined]);
  expect(delays(1)).toEqual([...middle.map((ms) => ms * 1.2), undefined]);
});

test('a retry interval is exact, and N retries are N', () => {
  const policy = { retries: 2, retryInterval: 7 };
  const found = [0, 1, 2].map((step) => retryDelayMs(policy, step, { random: () => 0 }));
  expect(found).toEqual([7_000, 7_000, undefined]);
});

test.each([
  [0, 5_000],
  [7, 7_000],
  [100, 10_000],
])('a receiver that asks for %i s before a retry after 5 s gets %i ms', (retryAfterSeconds, ms) => {
  expect(retryDelayMs(defaultRetryPolicy, 0, { retryAfterSeconds, random: () => 0 })).toBe(ms);
});

test('what the receiver asks for adds no retry', () => {
  expect(
    retryDelayMs(defaultRetryPolicy, 7, { retryAfterSeconds: 1, random: () => 0 }),
  ).toBeUndefined();
});

function delays(random: number) {
  return Array.from({ length: 8 }, (_, step) =>
    retryDelayMs(defaultRetryPolicy, step, { random: () => random }),
  );
}
