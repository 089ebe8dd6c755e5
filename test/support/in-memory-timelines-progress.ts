import type {
  ErasureProgress,
  FanOut,
  TimelineProgress,
} from '../../lambdas/timelines/timeline-store.ts';

/** Progress in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryTimelineProgress implements TimelineProgress {
  readonly #fanOuts = new Map<string, FanOut>();
  readonly #erasures = new Map<string, ErasureProgress>();

  fanOut(actor: string): Promise<FanOut> {
    return Promise.resolve(this.#fanOuts.get(actor) ?? { mode: 'copy', since: 0 });
  }

  setFanOut(actor: string, { mode, since }: FanOut): Promise<void> {
    this.#fanOuts.set(actor, { mode, since });
    return Promise.resolve();
  }

  forgetFanOut(actor: string): Promise<void> {
    this.#fanOuts.delete(actor);
    return Promise.resolve();
  }

  erasure(ref: string): Promise<ErasureProgress | undefined> {
    return Promise.resolve(this.#erasures.get(ref));
  }

  addErased(ref: string, erasureId: string, removed: number, done: boolean): Promise<void> {
    const before = this.#erasures.get(ref);
    if (before === undefined || before.erasureId < erasureId) {
      this.#erasures.set(ref, { erasureId, removed, done });
    } else if (before.erasureId === erasureId) {
      this.#erasures.set(ref, { erasureId, removed: before.removed + removed, done });
    }
    return Promise.resolve();
  }
}
