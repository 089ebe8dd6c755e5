import { expect, test } from '@jest/globals';
import { recordable, withAttempt } from '../../../lambdas/webhooks/attempt-record.ts';
import type { Attempt } from '../../../lambdas/webhooks/delivery.ts';

const headers = Object.fromEntries(
  // 256 bytes each.
  Array.from({ length: 100 }, (_, n) => [`x-${String(n).padStart(2, '0')}`, 'h'.repeat(252)]),
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

test('a failure keeps 16 KiB each of body and headers, a success 256 and 512 bytes', () => {
  expect(sizes(recordable(failure))).toEqual([64, 16_384]);
  expect(sizes(recordable(success))).toEqual([2, 256]);
});

test('an attempt is shortened when another one follows', () => {
  const attempts = withAttempt(withAttempt(withAttempt([], success), failure), failure);
  expect(attempts.map(sizes)).toEqual([
    [2, 256],
    [4, 1_024],
    [64, 16_384],
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
  expect(responseBody).toBe(`a${character.repeat(Math.floor(255 / Buffer.byteLength(character)))}`);
});
