import { NotFoundError } from '../shared/errors.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { ConvoStore, OwnWrite } from './convo-store.ts';

export interface OwningParts {
  store: ConvoStore;
  pace: Pace;
}

/** What to write, and what to answer when it is written. Without a write there is nothing to do. */
export interface Decision<T> {
  write?: OwnWrite;
  answer: T;
}

/**
 * Makes a change of one's own side: reads, decides, and writes it if the side is still as it was read,
 * until it is.
 *
 * @param whenGone for a removal: what to answer when there is nothing to remove any more after a first
 *   try, because that try did it and its answer was lost
 * @throws what `decide` throws; TransientError when others kept it from happening.
 */
export async function changeOwn<T>(
  { store, pace }: OwningParts,
  decide: () => Promise<Decision<T>>,
  whenGone?: T,
): Promise<T> {
  let tried = false;
  return persist(pace, async () => {
    try {
      const { write, answer } = await decide();
      if (!write) return answer;
      tried = true;
      return (await store.changeOwn(write)) === 'done' ? answer : undefined;
    } catch (error) {
      if (tried && whenGone !== undefined && error instanceof NotFoundError) return whenGone;
      throw error;
    }
  });
}
