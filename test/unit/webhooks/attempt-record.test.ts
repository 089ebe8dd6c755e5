import { expect, test } from '@jest/globals';
import { recordable, withAttempt } from '../../../lambdas/webhooks/attempt-record.ts';
import type { Attempt } from '../../../lambdas/webhooks/delivery.ts';

const headers = Object.fromEntries(
  Array.from({ length: 10 }, (_, n) => [`x-${n}`, 'h'.repeat(997)]),
);
const success: Attempt = {
  at: 1,
  durationMs: 2,
  status: 200,
  responseHeaders: headers,
  responseBody: 'b'.repeat(20_000),
};
const failure: Attempt = { ...success, status: 500, error: { kind: 'status', message: 'no' } };
const sizes = ({ responseHeaders = {}, responseBody = '' }: Attempt) => [
  Object.keys(responseHeaders).length,
  Buffer.byteLength(responseBody),
];

test('a failure keeps 16 KiB of body and 4 KiB of headers, a success 1 KiB of each', () => {
  expect(sizes(recordable(failure))).toEqual([4, 16_384]);
  expect(sizes(recordable(success))).toEqual([1, 1_024]);
});

test('an attempt is shortened when another one follows', () => {
  const attempts = withAttempt(withAttempt([], failure), failure);
  expect(attempts.map(sizes)).toEqual([
    [1, 1_024],
    [4, 16_384],
  ]);
});

test('the newest 20 attempts are kept', () => {
  let attempts: Attempt[] = [];
  for (let at = 0; at < 25; at += 1) attempts = withAttempt(attempts, { at, durationMs: 0 });
  expect(attempts.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));
});

test.each(['é', '€', '😀'])('no %s is cut in two', (character) => {
  const { responseBody = '' } = recordable({
    ...success,
    responseBody: `a${character.repeat(2_000)}`,
  });
  expect(responseBody).toBe(
    `a${character.repeat(Math.floor(1_023 / Buffer.byteLength(character)))}`,
  );
});
