import type { Health } from './hook.ts';

const dayMs = 24 * 60 * 60_000;

/**
 * A hook with nothing but failures for so long is disabled, or with so many deliveries exhausted in a
 * row; half of it gives the warning.
 */
const disabledAfterMs = 5 * dayMs;
const disabledAfterExhausted = 100;

/** Time-outs in a row that open the circuit, for so long at first; each further one doubles it. */
const openedAfterTimeouts = 5;
const firstOpenMs = 5_000;
const longestOpenMs = 60_000;

/** What a post came to, as far as its hook's health is concerned. */
export type PostResult = 'success' | 'timeout' | 'other failure';

/**
 * The circuit of a hook. It keeps a receiver that hangs from taking all workers: `closed` lets every
 * post through, `open` none, `half-open` one, the probe.
 */
export function circuitOf(
  { openUntil }: Pick<Health, 'openUntil'>,
  nowMs: number,
): { circuit: 'closed' } | { circuit: 'open'; untilMs: number } | { circuit: 'half-open' } {
  if (openUntil === undefined) return { circuit: 'closed' };
  return openUntil > nowMs ? { circuit: 'open', untilMs: openUntil } : { circuit: 'half-open' };
}

/** Milliseconds for which the circuit opens after so many time-outs in a row. */
export function openMs(timeouts: number): number {
  return Math.min(longestOpenMs, firstOpenMs * 2 ** Math.max(0, timeouts - openedAfterTimeouts));
}

/**
 * Health after a post; the very same object when nothing changes. While the circuit is open, time-outs
 * of posts that began before say nothing new: only the probe's counts.
 */
export function afterPost(
  health: Health,
  { result, nowMs, isProbe }: { result: PostResult; nowMs: number; isProbe: boolean },
): Health {
  if (result === 'success') return recovered(health);
  const failingSince = health.failingSince ?? nowMs;
  if (result === 'timeout' && health.openUntil !== undefined && !isProbe) return health;
  const timeouts = result === 'timeout' ? health.timeouts + 1 : 0;
  const openUntil = timeouts >= openedAfterTimeouts ? nowMs + openMs(timeouts) : undefined;
  return changed(health, withWarning({ ...health, failingSince, timeouts, openUntil }, nowMs));
}

/** Health after so many more deliveries whose retries are exhausted. */
export function afterExhausted(health: Health, deliveries: number, nowMs: number): Health {
  const { exhausted, failingSince = nowMs } = health;
  return withWarning({ ...health, failingSince, exhausted: exhausted + deliveries }, nowMs);
}

/**
 * Whether the hook has failed for long enough, or often enough, to be disabled. Its owner is warned
 * first: one failure does not do both.
 *
 * @param warnedBefore the warning had been given when the post began that failed
 */
export function isBeyondHope(health: Health, warnedBefore: boolean, nowMs: number): boolean {
  return warnedBefore && wayToDisabling(health, nowMs) >= 1;
}

/** As after a success: nothing of the failures is left. */
export function recovered(health: Health): Health {
  const { version } = health;
  return changed(health, {
    failingSince: undefined,
    exhausted: 0,
    warned: false,
    timeouts: 0,
    openUntil: undefined,
    version,
  });
}

function withWarning(health: Health, nowMs: number): Health {
  return { ...health, warned: health.warned || wayToDisabling(health, nowMs) >= 0.5 };
}

/** 0: healthy; 1: the point at which a hook is disabled. */
function wayToDisabling({ failingSince, exhausted }: Health, nowMs: number): number {
  const failingMs = failingSince === undefined ? 0 : nowMs - failingSince;
  return Math.max(failingMs / disabledAfterMs, exhausted / disabledAfterExhausted);
}

function changed(before: Health, after: Health): Health {
  const isSame =
    before.failingSince === after.failingSince &&
    before.exhausted === after.exhausted &&
    before.warned === after.warned &&
    before.timeouts === after.timeouts &&
    before.openUntil === after.openUntil;
  return isSame ? before : after;
}
