import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withinRuleTime } from '../../../../lambdas/push/rules/rule-time.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const never = async (): Promise<never> => new Promise<never>(() => undefined);

test('what a function answers or throws in time is what comes of it', async () => {
  const clock = virtualClock();
  const ask = withinRuleTime({ now: clock.now, wait: never }, 10_000);
  expect(await ask('one', () => 1)).toBe(1);
  expect(await ask('two', async () => Promise.resolve(2))).toBe(2);
  const thrown = ask('three', () => {
    throw new RangeError('three');
  });
  await expect(thrown).rejects.toThrow(RangeError);
});

test('functions share their time: each has what those before it left', async () => {
  const clock = virtualClock();
  const waits: number[] = [];
  const wait = async (ms: number) => {
    waits.push(ms);
    return never();
  };
  const ask = withinRuleTime({ now: clock.now, wait }, 10_000);
  for (const ms of [4_000, 5_000, 3_000, 0]) {
    await ask('part', () => clock.advance(ms));
  }
  expect(waits).toEqual([10_000, 6_000, 1_000, 0]);
});

test('the one that does not end is named, in real time', async () => {
  const pace = {
    now: () => Date.now(),
    wait: async (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  };
  const ask = withinRuleTime(pace, 50);
  expect(await ask('first', async () => sleep(5, 'done'))).toBe('done');
  await expect(ask('second', never)).rejects.toThrow('second did not end: a rule has 0.05 s');
});

test('no timer is left behind an answer', async () => {
  const signals: AbortSignal[] = [];
  const wait = async (_ms: number, signal: AbortSignal) => {
    signals.push(signal);
    return never();
  };
  const ask = withinRuleTime({ now: virtualClock().now, wait }, 50);
  await ask('one', () => 1);
  await ask('two', async () => Promise.reject(new Error('two'))).catch(() => undefined);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
