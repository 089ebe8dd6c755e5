import { keys } from '../../lambdas/convos/contract.ts';
import { TransientError } from '../../lambdas/shared/errors.ts';
import type { Turn } from './faulty.ts';
import { InMemoryBlockStore } from './in-memory-convo-blocks.ts';
import { InMemoryConvoStore } from './in-memory-convo-store.ts';
import { InMemoryConvoTable } from './in-memory-convo-table.ts';
import type { MemoryKey, MemoryOptions, MemoryWrite } from './in-memory-convo-table.ts';
import { InMemoryUpkeepStore } from './in-memory-convo-upkeep.ts';
import { shuffled } from './seeded-random.ts';
import type { Random } from './seeded-random.ts';

/**
 * A table that applies a transaction item by item, in any order, while others read: to them some items
 * are as they were before it and others as they are after. Other writes of an item collide until it is
 * applied. (DynamoDB developer guide, "Isolation levels and serializability": between a transaction and
 * reads of several items there is no more than read-committed isolation.)
 */
class SlowTable extends InMemoryConvoTable {
  readonly #locked = new Set<string>();
  readonly #turn: Turn;
  readonly #random: Random;

  constructor(options: MemoryOptions, turn: Turn, random: Random) {
    super(options);
    this.#turn = turn;
    this.#random = random;
  }

  isLocked(key: MemoryKey): boolean {
    return this.#locked.has(nameOf(key));
  }

  override async transact<Refusal>(
    writes: readonly MemoryWrite<Refusal>[],
  ): Promise<{ done: boolean; refusals: Refusal[] }> {
    if (writes.some(({ key }) => this.isLocked(key))) return { done: false, refusals: [] };
    for (const { key } of writes) this.#locked.add(nameOf(key));
    await this.#turn('in flight');
    const refusals = writes.flatMap(({ key, condition }) =>
      condition?.holds(this.get(key)) === false ? [condition.refusal] : [],
    );
    for (const { key, change } of shuffled(writes, this.#random)) {
      if (refusals.length === 0) super.change({ key, change });
      this.#locked.delete(nameOf(key));
      if (refusals.length === 0) await this.#turn('applied');
    }
    return { done: refusals.length === 0, refusals };
  }

  override change(write: MemoryWrite<unknown>): void {
    if (this.isLocked(write.key)) throw new TransientError('a transaction is writing this item');
    super.change(write);
  }
}

/** Reads of one moment collide too. */
class SlowBlockStore extends InMemoryBlockStore {
  readonly #slowTable: SlowTable;

  constructor(table: SlowTable) {
    super(table);
    this.#slowTable = table;
  }

  override async lookBeforeSending(sender: string, recipient: string) {
    const [lower, higher] = sender < recipient ? [sender, recipient] : [recipient, sender];
    if (
      [keys.pair(lower, higher), keys.state(recipient)].some((key) => this.#slowTable.isLocked(key))
    ) {
      throw new TransientError('a transaction is writing what is read');
    }
    return super.lookBeforeSending(sender, recipient);
  }
}

/** As `inMemoryConvos`, over such a table. */
export function slowConvos(options: MemoryOptions, turn: Turn, random: Random) {
  const table = new SlowTable(options, turn, random);
  return {
    table,
    store: new InMemoryConvoStore(table),
    blocks: new SlowBlockStore(table),
    upkeep: new InMemoryUpkeepStore(table),
  };
}

function nameOf({ pk, sk }: MemoryKey): string {
  return `${pk} ${sk}`;
}
