import { isDeepStrictEqual } from 'node:util';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Row } from '../../lambdas/convos/convo-rows.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';

export interface MemoryKey {
  pk: string;
  sk: string;
}

/** One item of a transaction. */
export interface MemoryWrite<Refusal> {
  key: MemoryKey;
  /** What must be true of the item as it is, and what it means when it is not. */
  condition?: { holds: (row: Row | undefined) => boolean; refusal: Refusal };
  /** The item as it is to be; undefined: gone. */
  change: (row: Row | undefined) => Row | undefined;
}

export interface MemoryOptions {
  /** Gets every change with the images that the table's stream has of it. */
  onChange?: (change: Omit<StreamChange, 'atMs'>) => void;
  /** Asked at each transaction: true makes it collide with others, so that nothing is written. */
  busy?: () => boolean;
  /**
   * The time that a transaction takes. One that touches an item of another that is under way is
   * cancelled, as DynamoDB's are (developer guide, "Transaction conflict handling").
   */
  inFlight?: () => Promise<void>;
}

/** The convos' table in memory: rows as DynamoDB would give them back, each call one moment. */
export class InMemoryConvoTable {
  readonly #partitions = new Map<string, Map<string, Row>>();
  readonly #underWay = new Set<string>();
  readonly #options: MemoryOptions;

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  get({ pk, sk }: MemoryKey): Row | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  /** Rows of a partition whose sort keys begin so, in their order. */
  rows(pk: string, prefix = ''): Row[] {
    return [...(this.#partitions.get(pk) ?? [])]
      .filter(([sk]) => sk.startsWith(prefix))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  }

  /** Every row, in no order. */
  get all(): Row[] {
    return [...this.#partitions.values()].flatMap((rows) => [...rows.values()]);
  }

  /** Writes all or nothing. Without a refusal what was not done collided with others. */
  async transact<Refusal>(
    writes: readonly MemoryWrite<Refusal>[],
  ): Promise<{ done: boolean; refusals: Refusal[] }> {
    const names = writes.map(({ key }) => nameOf(key));
    const collides = names.some((name) => this.#underWay.has(name)) || this.#options.busy?.();
    if (collides === true) return { done: false, refusals: this.#refusals(writes) };
    for (const name of names) this.#underWay.add(name);
    try {
      await this.#options.inFlight?.();
      const refusals = this.#refusals(writes);
      if (refusals.length > 0) return { done: false, refusals };
      for (const { key, change } of writes) this.#set(key, change(this.get(key)));
      return { done: true, refusals };
    } finally {
      for (const name of names) this.#underWay.delete(name);
    }
  }

  /** Writes one item, or leaves it as it is. */
  change({ key, condition, change }: MemoryWrite<unknown>): void {
    const row = this.get(key);
    if (condition?.holds(row) !== false) this.#set(key, change(row));
  }

  #refusals<Refusal>(writes: readonly MemoryWrite<Refusal>[]): Refusal[] {
    return writes.flatMap(({ key, condition }) =>
      condition?.holds(this.get(key)) === false ? [condition.refusal] : [],
    );
  }

  #set(keys: MemoryKey, row: Row | undefined): void {
    const { pk, sk } = keys;
    const before = this.get(keys);
    const after = row && stored(row);
    const rows = this.#partitions.get(pk) ?? new Map<string, Row>();
    if (after) rows.set(sk, after);
    else rows.delete(sk);
    if (rows.size > 0) this.#partitions.set(pk, rows);
    else this.#partitions.delete(pk);
    // What stays the same is no change to the stream.
    if (!isDeepStrictEqual(before, after))
      this.#options.onChange?.({ keys: { pk, sk }, before, after });
  }
}

/** What DynamoDB gives back of what was put. */
function stored(row: Row): Row {
  return unmarshall(marshall(row, { removeUndefinedValues: true }));
}

function nameOf({ pk, sk }: MemoryKey): string {
  return `${pk} ${sk}`;
}
