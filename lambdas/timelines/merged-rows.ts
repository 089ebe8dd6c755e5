import type { Order, Piece, Range } from './timeline-store.ts';

/** Something that stands at the place of one action. */
interface Placed {
  ulid: string;
}

/** Gives pieces of one source of rows, in the order asked. */
export type ReadPiece<Row> = (range: Range) => Promise<Piece<Row>>;

/**
 * Walks several sources in one order and gives, for each ULID, all rows that any source has of it.
 * Reads each source by pieces, the next one only when the one before is used up.
 */
export async function* mergedRows<Row extends Placed>(
  sources: readonly ReadPiece<Row>[],
  range: Range,
): AsyncGenerator<Row[]> {
  const walkers = sources.map((read) => new Walker(read, range));
  for (;;) {
    await Promise.all(walkers.map((walker) => walker.fill()));
    const next = nextUlid(
      walkers.flatMap((walker) => walker.head()?.ulid ?? []),
      range.order,
    );
    if (next === undefined) return;
    const group: Row[] = [];
    for (const walker of walkers) group.push(...walker.take(next));
    yield group;
  }
}

function nextUlid(ulids: readonly string[], order: Order): string | undefined {
  const sorted = ulids.toSorted();
  return order === 'asc' ? sorted[0] : sorted.at(-1);
}

/** One source: a piece in hand, and where the next begins. */
class Walker<Row extends Placed> {
  readonly #read: ReadPiece<Row>;
  readonly #range: Range;
  #rows: Row[] = [];
  #after: string | undefined;
  #more = true;

  constructor(read: ReadPiece<Row>, range: Range) {
    this.#read = read;
    this.#range = range;
    this.#after = range.after;
  }

  head(): Row | undefined {
    return this.#rows[0];
  }

  /**
   * Holds at least the whole next group when it returns, or nothing at the end. A piece may end
   * between rows of the same ULID; those of its last one are then read again with the next piece.
   */
  async fill(): Promise<void> {
    let limit = this.#range.limit;
    while (this.#rows.length === 0 && this.#more) {
      const { rows, more } = await this.#read({
        ...this.#range,
        limit,
        ...(this.#after !== undefined && { after: this.#after }),
      });
      const last = rows.at(-1)?.ulid;
      const whole = more ? rows.filter(({ ulid }) => ulid !== last) : rows;
      this.#more = more;
      this.#rows = whole;
      this.#after = whole.at(-1)?.ulid ?? this.#after;
      // One action with more rows than a piece holds: only a longer piece gets past it.
      if (whole.length === 0) limit *= 2;
    }
  }

  take(ulid: string): Row[] {
    const count = this.#rows.findIndex((row) => row.ulid !== ulid);
    return this.#rows.splice(0, count === -1 ? this.#rows.length : count);
  }
}
