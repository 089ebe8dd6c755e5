/** Work that is done a few at a time, with its results in the order in which it was begun. */
export interface OrderedWork<Result> {
  /** Waits until there is room for it. @throws what earlier work threw */
  begin: (work: () => Promise<Result>) => Promise<void>;
  /** Waits for all. @throws what work threw first */
  results: () => Promise<Result[]>;
}

export function orderedWork<Result>(atOnce: number): OrderedWork<Result> {
  const results: Result[] = [];
  const running = new Map<number, Promise<void>>();
  let failure: { reason: unknown } | undefined;
  let begun = 0;

  async function run(work: () => Promise<Result>, place: number): Promise<void> {
    try {
      results[place] = await work();
    } catch (reason) {
      failure ??= { reason };
    } finally {
      running.delete(place);
    }
  }

  function rethrow(): void {
    if (failure !== undefined) throw failure.reason;
  }

  return {
    async begin(work) {
      if (running.size >= atOnce) await Promise.race(running.values());
      rethrow();
      running.set(begun, run(work, begun));
      begun += 1;
    },
    async results() {
      await Promise.all(running.values());
      rethrow();
      return results;
    },
  };
}
