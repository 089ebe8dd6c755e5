import { result } from '../result.ts';
import type { Goal, Result } from '../result.ts';
import type { Consumption } from './capacity-meter.ts';

/**
 * What an operation consumes, as rows `<operation>: WRU`, `RRU` and `DynamoDB calls`. Units that are
 * not used are left out, unless they have a goal.
 */
export function consumption(
  operation: string,
  { writes, reads, calls }: Consumption,
  goals: { writes?: Goal; reads?: Goal } = {},
): Result[] {
  const rows: Result[] = [];
  if (writes > 0 || goals.writes) {
    rows.push(result(nameOf(operation, 'WRU'), writes, 'WRU', goals.writes));
  }
  if (reads > 0 || goals.reads) {
    rows.push(result(nameOf(operation, 'RRU'), reads, 'RRU', goals.reads));
  }
  rows.push(result(nameOf(operation, 'DynamoDB calls'), calls, 'calls'));
  return rows;
}

/**
 * The consumption that such rows tell.
 *
 * @throws RangeError when there are none for the operation.
 */
export function consumed(results: readonly Result[], operation: string): Consumption {
  const find = (what: Measure): number | undefined =>
    results.find(({ name }) => name === nameOf(operation, what))?.value;
  const calls = find('DynamoDB calls');
  if (calls === undefined) throw new RangeError(`"${operation}" was not measured`);
  return { writes: find('WRU') ?? 0, reads: find('RRU') ?? 0, calls };
}

type Measure = 'WRU' | 'RRU' | 'DynamoDB calls';

function nameOf(operation: string, measure: Measure): string {
  return `${operation}: ${measure}`;
}
