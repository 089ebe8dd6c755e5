import { suffix } from './contract.ts';
import type { Range } from './timeline-store.ts';

/** Before and after every ULID: their first digit is 0-7. */
const [first, last] = ['0', '8'];

/**
 * The sort keys, inclusive, between which a range's rows stand. No row has a ULID alone or the end
 * suffix as its key, so each of them as a bound leaves out a whole action's rows or takes them all.
 */
export function keyRange({ order, after, oldest, newest }: Omit<Range, 'limit'>): [string, string] {
  const lows = [oldest ?? first];
  const highs = [newest === undefined ? last : `${newest}#${suffix.end}`];
  if (after !== undefined) {
    if (order === 'asc') lows.push(`${after}#${suffix.end}`);
    else highs.push(after);
  }
  return [lows.toSorted().at(-1) ?? first, highs.toSorted()[0] ?? last];
}
