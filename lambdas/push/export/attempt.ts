import { TransientError } from '../../shared/errors.ts';
import type { FailedStatus } from '../queue/status.ts';

/** Something is not made, or not fit to be sent. Other things are none the worse for it. */
export class ExportError extends Error {
  override name = 'ExportError';
  readonly status: FailedStatus;

  constructor(status: FailedStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Calls a function of the configuration, for as long as nobody aborts the work.
 *
 * @param explain makes of the message of what it throws what is to be thrown
 * @throws what `explain` makes, or the signal's reason, or a TransientError as it is
 */
export async function attempt<Result>(
  signal: AbortSignal,
  ask: () => Result | Promise<Result>,
  explain: (message: string) => Error,
): Promise<Result> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () =>
    aborted.reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([ask(), aborted.promise]);
  } catch (error) {
    if (signal.aborted || error instanceof TransientError) throw error;
    throw explain(error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
