/** Time in which many parties sleep at once: it moves to the next one that wakes, when nothing else happens. */
export class SimulatedTime {
  #nowMs: number;
  readonly #sleepers: { atMs: number; wake: () => void }[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ atMs: this.#nowMs + Math.round(milliseconds), wake });
    });

  /** Lets time pass until the work is done. @throws what the work throws. */
  async run<T>(work: Promise<T>): Promise<T> {
    const progress = { done: false };
    const watched = work.finally(() => {
      progress.done = true;
    });
    watched.catch(() => undefined);
    for (;;) {
      // A macrotask later every promise that could go on has done so.
      await new Promise((next) => setImmediate(next));
      if (progress.done) return watched;
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (!next) throw new Error('the work waits for something other than time');
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }
}
