import type { Clock } from '../../shared/identifier.ts';
import type { Pause } from './work-parts.ts';

/** The answer, unless the signal comes first; what is awaited may then go on with nobody listening. */
export function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    answer.catch(() => undefined);
    return Promise.reject(reasonOf(signal));
  }
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(reasonOf(signal));
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Why a signal was given, as an error. */
export function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('broken off');
}

/** A moment at which what is under way is to end. */
export interface Deadline {
  signal: AbortSignal;
  /** It is not needed any more. */
  end(): void;
}

export function deadline(
  { pause, now }: { pause: Pause; now: Clock },
  { untilMs, why }: { untilMs: number; why: string },
): Deadline {
  const timer = new AbortController();
  const ended = new AbortController();
  const ring = async (): Promise<void> => {
    await pause(Math.max(0, untilMs - now()), ended.signal);
    if (!ended.signal.aborted) timer.abort(new Error(why));
  };
  void ring();
  return { signal: timer.signal, end: () => ended.abort() };
}

/**
 * Does work that has to be done by a moment.
 *
 * @param limit.late what it fails with otherwise
 * @param limit.signal may end it before; it fails with that one's reason
 */
export async function withinTime<T>(
  parts: { pause: Pause; now: Clock },
  limit: { withinMs: number; late: string; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { withinMs, late: why, signal } = limit;
  const late = deadline(parts, { untilMs: parts.now() + withinMs, why });
  const either = AbortSignal.any([late.signal, signal]);
  try {
    return await unlessAborted(work(either), either);
  } finally {
    late.end();
  }
}
