import { expect, test } from '@jest/globals';
import { persist } from '../../../lambdas/shared/persist.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

/** A pace with the longest possible pauses, which it notes down. */
function slowPace(patienceMs: number) {
  const clock = virtualClock();
  const pauses: number[] = [];
  const sleep = (ms: number) => {
    pauses.push(ms);
    return clock.sleep(ms);
  };
  return { pace: { now: clock.now, sleep, random: () => 0.9999, patienceMs }, pauses };
}

test('the ceiling of the pauses doubles up to a second', async () => {
  const { pace, pauses } = slowPace(60_000);
  let tries = 0;
  const attempt = () => Promise.resolve(++tries === 9 ? 'there' : undefined);
  expect(await persist(pace, attempt)).toBe('there');
  expect(pauses).toEqual([20, 40, 80, 160, 320, 640, 1000, 1000]);
});

test('no try begins after the patience is over', async () => {
  const { pace } = slowPace(1_000);
  const startMs = pace.now();
  const triedAt: number[] = [];
  const attempt = () => {
    triedAt.push(pace.now() - startMs);
    return Promise.reject(new TransientError('busy'));
  };
  await expect(persist(pace, attempt)).rejects.toThrow(TransientError);
  expect(Math.max(...triedAt)).toBeLessThanOrEqual(1_000);
  expect(triedAt.length).toBeGreaterThan(3);
});
