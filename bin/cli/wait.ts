import { Failure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

const firstPauseMs = 250;
const longestPauseMs = 5_000;
const pauseGrowth = 1.5;

/** Asking how far a job is may fail for a moment without the job having failed. */
const failuresInARow = 5;

const clearLine = '\r\u001B[K';

export interface Wait<T> {
  /** How far the job is; asked again and again, at growing intervals of up to 5 s. */
  readonly look: () => Promise<T>;
  readonly finished: (state: T) => boolean;
  /** One line for people, without its end. */
  readonly progress: (state: T) => string;
  /** What to say when waiting ends before the job: that it goes on, and how to see it. */
  readonly goesOn: string;
}

/**
 * Waits for a job that the API does in the background. Progress is one line that rewrites itself, on
 * a terminal only. Whatever ends the waiting, the job itself goes on and the message says so.
 */
export async function waitFor<T>(surroundings: Surroundings, wait: Wait<T>): Promise<T> {
  const { stdout, stderr, interrupted, sleep, now } = surroundings;
  const visible = stdout.isTTY === true && stderr.isTTY === true;
  const startedAt = now();
  let pauseMs = firstPauseMs;
  let failures = 0;
  try {
    for (;;) {
      const state = await wait.look().catch((error: unknown) => {
        failures += 1;
        if (error instanceof Failure && error.passing && failures < failuresInARow)
          return undefined;
        throw error;
      });
      if (state !== undefined) {
        failures = 0;
        if (wait.finished(state)) {
          if (visible) stderr.write(clearLine);
          return state;
        }
        if (visible)
          stderr.write(`${clearLine}${wait.progress(state)} (${seconds(now() - startedAt)})`);
      }
      await sleep(pauseMs, interrupted);
      pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs);
    }
  } catch (error) {
    if (visible) stderr.write(clearLine);
    stderr.write(`No longer waiting. ${wait.goesOn}\n`);
    throw error;
  }
}

function seconds(milliseconds: number): string {
  return `${String(Math.round(milliseconds / 1000))} s`;
}
