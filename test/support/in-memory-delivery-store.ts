import { isDeepStrictEqual } from 'node:util';
import { payloadKey, payloadPlace } from '../../lambdas/webhooks/delivery.ts';
import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import type { DeliveryStore, DueRow } from '../../lambdas/webhooks/delivery-store.ts';
import type { Clock } from '../../lambdas/shared/identifier.ts';

/** Where lanes are due, for the index that they share with deliveries. */
export interface DueLanes {
  due: () => DueRow[];
  undue: (row: DueRow) => void;
}

/** Deliveries by the rules of their table. */
export class InMemoryDeliveryStore implements DeliveryStore {
  readonly #now: Clock;
  readonly #lanes: DueLanes;
  readonly #rows = new Map<string, Delivery>();
  readonly #payloads = new Map<string, { payload: string; expiresAt: number }>();

  constructor(now: Clock, lanes: DueLanes = { due: () => [], undue: () => undefined }) {
    this.#now = now;
    this.#lanes = lanes;
  }

  /** Every delivery that is not expired, by ULID; for tests. */
  all(): Delivery[] {
    return this.#live().map((row) => structuredClone(row));
  }

  create(delivery: Delivery, payload: string, payloadApart: boolean) {
    const existing = this.#get(delivery.ulid);
    if (existing) return Promise.resolve({ existing });
    this.#put({ ...delivery, ...(payloadApart ? payloadPlace(payload) : { payload }), version: 1 });
    return Promise.resolve({});
  }

  keepPayload(payload: string, expiresAt: number) {
    const key = payloadKey(payload);
    if ((this.#payloads.get(key)?.expiresAt ?? 0) < expiresAt) {
      this.#payloads.set(key, { payload, expiresAt });
    }
    return Promise.resolve();
  }

  prolongPayloads(deliveries: readonly Delivery[], expiresAt: number) {
    for (const { payloadKey: key = '' } of deliveries) {
      const kept = this.#payloads.get(key);
      if (kept && kept.expiresAt < expiresAt) this.#payloads.set(key, { ...kept, expiresAt });
    }
    return Promise.resolve();
  }

  read(ulid: string) {
    return Promise.resolve(this.#get(ulid));
  }

  readMany(ulids: readonly string[]) {
    const found = [...new Set(ulids)].map((ulid) => this.#get(ulid));
    return Promise.resolve(found.filter((row) => row !== undefined));
  }

  payloads(deliveries: readonly Delivery[]) {
    const found = new Map<string, string>();
    for (const { ulid, payload, payloadKey: key = '' } of deliveries) {
      const apart = this.#payloads.get(key);
      const body = payload ?? (apart && this.#isLive(apart) ? apart.payload : undefined);
      if (body !== undefined) found.set(ulid, body);
    }
    return Promise.resolve(found);
  }

  replace(delivery: Delivery): Promise<'replaced' | 'changed'> {
    const stored = this.#rows.get(delivery.ulid);
    const after = clean({ ...delivery, version: delivery.version + 1 });
    if (stored?.version !== delivery.version) {
      return Promise.resolve(isDeepStrictEqual(stored, after) ? 'replaced' : 'changed');
    }
    this.#put(after);
    return Promise.resolve('replaced');
  }

  remove(delivery: Delivery): Promise<'removed' | 'changed'> {
    const stored = this.#rows.get(delivery.ulid);
    if (stored && stored.version !== delivery.version) return Promise.resolve('changed');
    this.#rows.delete(delivery.ulid);
    return Promise.resolve('removed');
  }

  ofHook(hook: string, range: Parameters<DeliveryStore['ofHook']>[1]) {
    const { order, after, from = '', to = '~', statuses, batches } = range;
    const { limit, maxBytes = Infinity } = range;
    const wanted = this.#live().filter(
      (row) =>
        row.hook === hook &&
        row.ulid >= from &&
        row.ulid <= to &&
        (statuses?.includes(row.status) ?? true) &&
        (!batches || isBetween(row.batch, batches)),
    );
    return Promise.resolve(pageOf(wanted, { order, after, limit, maxBytes }));
  }

  failures(
    of: { owner: string | null } | 'all',
    page: { after?: string | undefined; limit: number },
  ) {
    const wanted = this.#live().filter(
      ({ status, owner }) => status === 'failed' && (of === 'all' || owner === of.owner),
    );
    return Promise.resolve(pageOf(wanted, { order: 'desc', maxBytes: Infinity, ...page }));
  }

  dueUntil(atMs: number, limit: number): Promise<DueRow[]> {
    const due = [...this.#live().flatMap(dueRow), ...this.#lanes.due()]
      .filter(({ dueAt }) => dueAt <= atMs)
      .toSorted((a, b) => a.dueAt - b.dueAt);
    return Promise.resolve(due.slice(0, limit));
  }

  undue(row: DueRow) {
    const stored = row.delivery === undefined ? undefined : this.#rows.get(row.delivery);
    if (row.delivery === undefined) this.#lanes.undue(row);
    else if (stored && isDeepStrictEqual(dueRow(stored), [row])) {
      this.#put({ ...stored, due: undefined });
    }
    return Promise.resolve();
  }

  #live(): Delivery[] {
    return [...this.#rows.values()]
      .filter((row) => this.#isLive(row))
      .toSorted((a, b) => (a.ulid < b.ulid ? -1 : 1));
  }

  #get(ulid: string): Delivery | undefined {
    const row = this.#rows.get(ulid);
    return row && this.#isLive(row) ? structuredClone(row) : undefined;
  }

  #put(row: Delivery): void {
    this.#rows.set(row.ulid, clean(row));
  }

  #isLive({ expiresAt }: { expiresAt: number }): boolean {
    return expiresAt > Math.floor(this.#now() / 1000);
  }
}

function isBetween(batch: number | undefined, { from, to }: { from: number; to: number }): boolean {
  return batch !== undefined && batch >= from && batch <= to;
}

function dueRow({ ulid, hook, tries, due, turn, resendAt, nextAttemptAt }: Delivery): DueRow[] {
  if (!due || nextAttemptAt === undefined) return [];
  const { single, reserved } = turn ?? {};
  return [
    {
      hook,
      dueAt: resendAt ?? nextAttemptAt,
      delivery: ulid,
      tries,
      ...(single && { single }),
      ...(reserved && { reserved }),
    },
  ];
}

/** A copy without the attributes that are undefined, and of one that is not due without the index's. */
function clean({ due, turn, resendAt, ...row }: Delivery): Delivery {
  const kept = due
    ? { ...row, due, turn, ...(resendAt !== row.nextAttemptAt && { resendAt }) }
    : row;
  return JSON.parse(JSON.stringify(kept)) as Delivery;
}

function pageOf(
  ascending: readonly Delivery[],
  page: { order: 'asc' | 'desc'; after?: string | undefined; limit: number; maxBytes: number },
): { deliveries: Delivery[]; after?: string | undefined } {
  const { order, after, limit, maxBytes } = page;
  const rows = order === 'asc' ? ascending : ascending.toReversed();
  const left = rows.filter(
    ({ ulid }) => after === undefined || (order === 'asc' ? ulid > after : ulid < after),
  );
  const deliveries: Delivery[] = [];
  let bytes = 0;
  for (const row of left.slice(0, limit)) {
    bytes += Buffer.byteLength(row.payload ?? '');
    if (deliveries.length > 0 && bytes > maxBytes) break;
    deliveries.push(structuredClone(row));
  }
  const last = deliveries.at(-1);
  return { deliveries, ...(last && deliveries.length < left.length && { after: last.ulid }) };
}
