import { TransientError } from './errors.ts';
import type { Clock } from './identifier.ts';

/** How long and how patiently something is tried. */
export interface Pace {
  now: Clock;
  sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Time from the first try after which no further one begins. */
  patienceMs: number;
}

/** Bounds of the pause before the next try: full jitter below a ceiling that doubles. */
const firstCeilingMs = 20;
const lastCeilingMs = 1_000;

/**
 * Tries until there is an answer: `undefined` and a thrown `TransientError` mean once more, after a
 * pause drawn between nothing and a growing ceiling (full jitter, the least work under contention:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @throws TransientError when the patience is over.
 */
export async function persist<T>(pace: Pace, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = pace.now() + pace.patienceMs;
  for (let tries = 1; ; tries++) {
    const answer = await passingFailuresAsNothing(attempt);
    if (answer !== undefined) return answer;
    const ceilingMs = Math.min(firstCeilingMs * 2 ** (tries - 1), lastCeilingMs);
    const pauseMs = Math.round(pace.random() * ceilingMs);
    if (pace.now() + pauseMs > deadline) {
      throw new TransientError(`no answer in ${String(tries)} tries`);
    }
    await pace.sleep(pauseMs);
  }
}

async function passingFailuresAsNothing<T>(
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof TransientError) return undefined;
    throw error;
  }
}
