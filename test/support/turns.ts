import { setImmediate } from 'node:timers/promises';
import type { Turn } from './faulty.ts';
import type { Random } from './seeded-random.ts';

/** Lets the calls of several parties take effect in an order that chance decides. */
export class Turns {
  #waiting: (() => void)[] = [];
  #running = false;

  /** For `faulty`: waits while parties run together, and not at all otherwise. */
  readonly turn: Turn = async () => {
    if (!this.#running) return;
    await new Promise<void>((resume) => {
      this.#waiting.push(resume);
    });
  };

  /** Runs all of them at the same time; ends when nothing of them is under way. None may throw. */
  async together(parties: readonly (() => Promise<void>)[], random: Random): Promise<void> {
    this.#running = true;
    const all = Promise.all(parties.map(async (party) => party()));
    const progress = { done: false };
    const watched = all.finally(() => {
      progress.done = true;
    });
    do {
      // A macrotask later every promise that could go on has done so.
      await setImmediate();
      const [resume] = this.#waiting.splice(Math.floor(random() * this.#waiting.length), 1);
      resume?.();
    } while (!progress.done || this.#waiting.length > 0);
    this.#running = false;
    await watched;
  }
}
