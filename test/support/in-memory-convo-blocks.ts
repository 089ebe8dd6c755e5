import type { Block, BlockStore } from '../../lambdas/convos/block-store.ts';
import { boxPrefixes, keys } from '../../lambdas/convos/contract.ts';
import { blockOf, blockRow, stateOf } from '../../lambdas/convos/convo-rows.ts';
import type { Row } from '../../lambdas/convos/convo-rows.ts';
import type { InMemoryConvoTable, MemoryWrite } from './in-memory-convo-table.ts';

/** Blocks in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryBlockStore implements BlockStore {
  readonly #table: InMemoryConvoTable;

  constructor(table: InMemoryConvoTable) {
    this.#table = table;
  }

  between(one: string, other: string) {
    const row = this.#table.get(pairKey(one, other));
    return Promise.resolve({ ofOne: blockIn(row, one, other), ofOther: blockIn(row, other, one) });
  }

  lookBeforeSending(sender: string, recipient: string) {
    const row = this.#table.get(pairKey(sender, recipient));
    const blocks = [blockIn(row, sender, recipient), blockIn(row, recipient, sender)];
    return Promise.resolve({
      blocked: blocks.some((ulid) => ulid !== undefined),
      blockChanges: stateOf(this.#table.get(keys.state(recipient))).blockChanges,
    });
  }

  async add(block: Block): Promise<'done' | 'exists' | 'busy'> {
    const { blocker, blocked, ulid } = block;
    const key = pairKey(blocker, blocked);
    const { done, refusals } = await this.#table.transact([
      {
        key,
        condition: {
          holds: (row) => blockIn(row, blocker, blocked) === undefined,
          refusal: 'exists' as const,
        },
        change: (row) => ({ ...key, ...row, [nameOf(blocker, blocked)]: ulid }),
      },
      { key: keys.block(blocker, ulid), change: () => blockRow(block) },
      ...tellBoth(block),
    ]);
    if (done) return 'done';
    return refusals.length > 0 ? 'exists' : 'busy';
  }

  async remove(block: Block): Promise<'done' | 'stale' | 'busy'> {
    const { blocker, blocked, ulid } = block;
    const { done, refusals } = await this.#table.transact([
      {
        key: pairKey(blocker, blocked),
        condition: {
          holds: (row) => blockIn(row, blocker, blocked) === ulid,
          refusal: 'stale' as const,
        },
        change: (row) =>
          blockIn(row, blocked, blocker) === undefined
            ? undefined
            : { ...row, [nameOf(blocker, blocked)]: undefined },
      },
      { key: keys.block(blocker, ulid), change: () => undefined },
      ...tellBoth(block),
    ]);
    if (done) return 'done';
    return refusals.length > 0 ? 'stale' : 'busy';
  }

  list(
    blocker: string,
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<Block[]> {
    const blocks = this.#table
      .rows(keys.box(blocker), boxPrefixes.block)
      .map(blockOf)
      .toReversed()
      .filter(({ ulid }) => after === undefined || ulid < after);
    return Promise.resolve(blocks.slice(0, limit));
  }
}

function tellBoth({ blocker, blocked }: Block): MemoryWrite<never>[] {
  return [blocker, blocked].map((user) => ({
    key: keys.state(user),
    change: (row) => ({
      ...keys.state(user),
      ...row,
      blockChanges: stateOf(row).blockChanges + 1,
    }),
  }));
}

function pairKey(one: string, other: string) {
  return one < other ? keys.pair(one, other) : keys.pair(other, one);
}

function nameOf(blocker: string, blocked: string): string {
  return blocker < blocked ? 'byLower' : 'byHigher';
}

function blockIn(row: Row | undefined, blocker: string, blocked: string): string | undefined {
  const ulid = row?.[nameOf(blocker, blocked)];
  return typeof ulid === 'string' ? ulid : undefined;
}
