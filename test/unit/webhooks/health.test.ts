import { expect, test } from '@jest/globals';
import {
  afterExhausted,
  afterPost,
  circuitOf,
  isBeyondHope,
  openMs,
} from '../../../lambdas/webhooks/health.ts';
import type { PostResult } from '../../../lambdas/webhooks/health.ts';
import { healthy } from '../../../lambdas/webhooks/hook-rows.ts';

const nowMs = Date.UTC(2026, 10, 21);
const after = (results: readonly PostResult[], from = healthy) =>
  results.reduce((health, result) => afterPost(health, { result, nowMs, isProbe: false }), from);
const timeouts = (count: number) => Array.from({ length: count }, () => 'timeout' as const);

test('a success on a healthy hook and a further failure are nothing to write', () => {
  expect(after(['success'])).toBe(healthy);
  const failing = after(['other failure']);
  expect(failing).toMatchObject({ failingSince: nowMs });
  expect(after(['other failure'], failing)).toBe(failing);
});

test('five time-outs in a row open the circuit, other failures in between close the row', () => {
  expect(circuitOf(after(timeouts(4)), nowMs)).toEqual({ circuit: 'closed' });
  const open = after(timeouts(5));
  expect(circuitOf(open, nowMs)).toEqual({ circuit: 'open', untilMs: nowMs + 5_000 });
  expect(circuitOf(open, nowMs + 5_000)).toEqual({ circuit: 'half-open' });
  const broken = after([...timeouts(4), 'other failure', ...timeouts(4)]);
  expect(circuitOf(broken, nowMs)).toEqual({ circuit: 'closed' });
});

test('while it is open only the probe’s time-out keeps it open, any answer closes it', () => {
  const open = after(timeouts(5));
  expect(after(['timeout'], open)).toBe(open);
  const probed = afterPost(open, { result: 'timeout', nowMs, isProbe: true });
  expect(probed).toMatchObject({ timeouts: 6, openUntil: nowMs + 10_000 });
  expect(circuitOf(after(['other failure'], probed), nowMs)).toEqual({ circuit: 'closed' });
  expect(after(['success'], probed)).toEqual({ ...healthy });
});

test('it is open for 5 seconds, doubling up to a minute', () => {
  expect([5, 6, 7, 8, 9, 50].map(openMs)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('half of 100 exhausted deliveries warn, all are beyond hope', () => {
  const most = afterExhausted(healthy, 49, nowMs);
  expect(most.warned).toBe(false);
  expect(afterExhausted(most, 1, nowMs).warned).toBe(true);
  expect(isBeyondHope(afterExhausted(most, 50, nowMs), true, nowMs)).toBe(false);
  expect(isBeyondHope(afterExhausted(most, 51, nowMs), true, nowMs)).toBe(true);
});

test('so do 2.5 and 5 days of failures only', () => {
  const dayMs = 86_400_000;
  const failing = after(['other failure']);
  const later = (days: number) =>
    afterPost(failing, { result: 'other failure', nowMs: nowMs + days * dayMs, isProbe: false });
  expect([2.49, 2.5].map((days) => later(days).warned)).toEqual([false, true]);
  const beyond = (warnedBefore: boolean) =>
    [4.99, 5, 6].map((days) => isBeyondHope(failing, warnedBefore, nowMs + days * dayMs));
  expect(beyond(true)).toEqual([false, true, true]);
  expect(beyond(false)).toEqual([false, false, false]);
});
