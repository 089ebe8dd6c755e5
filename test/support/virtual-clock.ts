import type { Clock } from '../../lambdas/shared/identifier.ts';

/** Time that moves only when told to, so that days of retries pass in an instant. */
export interface VirtualClock {
  now: Clock;
  /** Returns at once with that much time gone. */
  sleep: (ms: number) => Promise<void>;
  advance: (ms: number) => void;
  /** A moment that has passed changes nothing: time never runs backwards. */
  advanceTo: (atMs: number) => void;
}

export function virtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let atMs = startMs;
  const advanceTo = (toMs: number) => {
    atMs = Math.max(atMs, toMs);
  };
  const advance = (ms: number) => advanceTo(atMs + ms);
  return {
    now: () => atMs,
    advance,
    advanceTo,
    sleep: (ms) => {
      advance(ms);
      return Promise.resolve();
    },
  };
}
