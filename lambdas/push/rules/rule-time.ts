import type { Clock } from '../../shared/identifier.ts';

/** How time passes for a rule. */
export interface RulePace {
  now: Clock;
  /** Ends early, by throwing, when the signal aborts it. */
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** A question to a function of a rule. */
export type Ask = <T>(name: string, question: () => T | Promise<T>) => Promise<T>;

/**
 * Asks the functions of one rule, which together have that much time: what takes longer counts as a
 * throw of the function that was being asked. It may go on; nobody listens to it any more.
 */
export function withinRuleTime({ now, wait }: RulePace, limitMs: number): Ask {
  let leftMs = limitMs;
  return async (name, question) => {
    const beganMs = now();
    const answered = new AbortController();
    const timeOver = async (): Promise<never> => {
      await wait(leftMs, answered.signal);
      throw new Error(`${name} did not end: a rule has ${String(limitMs / 1_000)} s`);
    };
    try {
      return await Promise.race([answerOf(question), timeOver()]);
    } finally {
      answered.abort();
      leftMs = Math.max(leftMs - (now() - beganMs), 0);
    }
  };
}

/** A function may throw before it gives a promise. */
async function answerOf<T>(question: () => T | Promise<T>): Promise<T> {
  return question();
}
