import { isError } from './is-error.ts';

/** What bounds everything that waits for a server. */
export interface Limits {
  /** Silence after which a server counts as dead. */
  timeoutMs: number;
  /** Ends all that is under way. */
  signal: AbortSignal;
}

/** A server that stopped to answer. */
export class SilenceError extends Error {
  override name = 'SilenceError';

  constructor(timeoutMs: number) {
    super(`no sign of life for ${String(timeoutMs / 1_000)} s`);
  }
}

/**
 * Does work with a server, and gives up on it after silence, or at the signal. The work may go on behind
 * its back: `giveUp` has to end it.
 */
export async function whileAlive<T>(
  { timeoutMs, signal }: Limits,
  giveUp: (why: Error) => void,
  work: (alive: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const end = Promise.withResolvers<never>();
  const giveItUp = (why: Error) => {
    giveUp(why);
    end.reject(why);
  };
  const timer = setTimeout(() => giveItUp(new SilenceError(timeoutMs)), timeoutMs);
  const abort = () => giveItUp(abortion(signal));
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work(() => timer.refresh()), end.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Why a signal was given, as an error. */
export function abortion(signal: AbortSignal): Error {
  return isError(signal.reason) ? signal.reason : new Error('broken off');
}
