import type { Claim, Row, RowMark } from '../../lambdas/push/queue/row.ts';
import type { NewRow, RowStore } from '../../lambdas/push/queue/row-store.ts';
import type { Status } from '../../lambdas/push/queue/status.ts';
import { InMemoryRowStore } from '../../test/support/push/in-memory-row-store.ts';

/**
 * A queue in memory that knows at once which rows wait, as an index does: to look through all for each
 * page would be what is measured. Rows come in the order of their ULIDs, and none waits twice or again.
 */
export class WaitingRows extends InMemoryRowStore {
  readonly #waiting = new Map<string, RowMark>();

  override async enqueue(row: NewRow): Promise<void> {
    await super.enqueue(row);
    const { ulid, rule, target, content } = row;
    this.#waiting.set(ulid, { ulid, rule, target, content });
  }

  override async oldest(
    status: Status,
    ...[filter, page]: [Parameters<RowStore['oldest']>[1], Parameters<RowStore['oldest']>[2]]
  ): ReturnType<RowStore['oldest']> {
    if (status !== 'NEW') return super.oldest(status, filter, page);
    const items: RowMark[] = [];
    for (const mark of this.#waiting.values()) {
      if (items.length === page.limit) return { items, after: items.at(-1)?.ulid };
      if (isBehind(mark, page.after) && isFor(mark, filter)) items.push(mark);
    }
    return { items, after: undefined };
  }

  override async claim(ulid: string, by: { claim: Claim; run: string }): Promise<Row | undefined> {
    const row = await super.claim(ulid, by);
    this.#waiting.delete(ulid);
    return row;
  }
}

function isBehind({ ulid }: RowMark, after: string | undefined): boolean {
  return after === undefined || ulid > after;
}

function isFor(
  { rule, target }: RowMark,
  wanted: { rule?: string | undefined; targets?: readonly string[] | undefined },
): boolean {
  if (wanted.rule !== undefined && wanted.rule !== rule) return false;
  return wanted.targets === undefined || wanted.targets.includes(target);
}
