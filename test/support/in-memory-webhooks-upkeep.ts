import type { ErasureProgress, UpkeepStore } from '../../lambdas/webhooks/upkeep-store.ts';

/** A row of a hook: a delivery's or its lane's. */
interface HookRow {
  hook: string;
  key: string;
}

/** The upkeep's view in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryWebhooksUpkeep implements UpkeepStore {
  deliveries: HookRow[] = [];
  lanes: HookRow[] = [];
  readonly #erasures = new Map<string, ErasureProgress>();

  removeDeliveries(
    hook: string,
    { upTo, limit }: { upTo?: string | undefined; limit: number },
  ): Promise<number> {
    const gone = this.deliveries
      .filter((row) => row.hook === hook && (upTo === undefined || row.key <= upTo))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, limit);
    this.deliveries = this.deliveries.filter((row) => !gone.includes(row));
    return Promise.resolve(gone.length);
  }

  removeLane(hook: string, limit: number): Promise<number> {
    const gone = this.lanes.filter((row) => row.hook === hook).slice(0, limit);
    this.lanes = this.lanes.filter((row) => !gone.includes(row));
    return Promise.resolve(gone.length);
  }

  erasure(ref: string): Promise<ErasureProgress | undefined> {
    return Promise.resolve(this.#erasures.get(ref));
  }

  beginErasure(ref: string, erasureId: string): Promise<void> {
    if ((this.#erasures.get(ref)?.erasureId ?? '') < erasureId) {
      this.#erasures.set(ref, { erasureId, removed: 0, done: false });
    }
    return Promise.resolve();
  }

  addErased(ref: string, erasureId: string, removed: number): Promise<void> {
    this.#change(ref, erasureId, (row) => ({ ...row, removed: row.removed + removed }));
    return Promise.resolve();
  }

  finishErasure(ref: string, erasureId: string): Promise<void> {
    this.#change(ref, erasureId, (row) => ({ ...row, done: true }));
    return Promise.resolve();
  }

  #change(ref: string, erasureId: string, change: (row: ErasureProgress) => ErasureProgress): void {
    const row = this.#erasures.get(ref);
    if (row?.erasureId === erasureId) this.#erasures.set(ref, change(row));
  }
}
