import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import type { DeliveryStore } from '../../lambdas/webhooks/delivery-store.ts';

/**
 * Deliveries that are on their way, in memory: those that have arrived are counted and forgotten, so
 * that nothing of the store's own grows while a queue is drained.
 */
export class LeavingDeliveries implements Pick<DeliveryStore, 'read' | 'payloads' | 'replace'> {
  readonly #rows = new Map<string, Delivery>();
  delivered = 0;

  put({ delivery, payload }: { delivery: Delivery; payload: string }): void {
    this.#rows.set(delivery.ulid, { ...delivery, payload });
  }

  /** Those that have not arrived yet. */
  all(): Delivery[] {
    return [...this.#rows.values()];
  }

  read(ulid: string): Promise<Delivery | undefined> {
    return Promise.resolve(this.#rows.get(ulid));
  }

  payloads(deliveries: readonly Delivery[]): Promise<Map<string, string>> {
    return Promise.resolve(
      new Map(deliveries.map(({ ulid, payload = '' }) => [ulid, payload] as const)),
    );
  }

  replace(delivery: Delivery): Promise<'replaced' | 'changed'> {
    const { ulid, version, status } = delivery;
    if (this.#rows.get(ulid)?.version !== version) return Promise.resolve('changed');
    if (status === 'delivered') {
      this.#rows.delete(ulid);
      this.delivered += 1;
    } else this.#rows.set(ulid, { ...delivery, version: version + 1 });
    return Promise.resolve('replaced');
  }
}
