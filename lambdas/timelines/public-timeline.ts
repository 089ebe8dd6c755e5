import type { Log } from '../shared/log.ts';
import type { Action, ActionFilter } from './action.ts';
import type { ActionCatalogue } from './action-catalogue.ts';
import { mergedRows } from './merged-rows.ts';
import type { ReadPiece } from './merged-rows.ts';
import type { Order, PublicRow, PublicTimelines, Selection } from './timeline-store.ts';

export interface PublicTimelineParts {
  publics: PublicTimelines;
  catalogue: ActionCatalogue;
  /** Declared resource types: the types that a target can have. */
  targetTypes: readonly string[];
  log: Log;
}

/** Largest number that counts give. */
const countCap = 10_000;

/** Rows read beyond a page, for actions that were taken back. */
const spareRows = 2;

/**
 * One page of an actor's public timeline. A filtered list is read from indexes, one part for each
 * combination of verb and type of target that the filter leaves open, merged in order.
 */
export async function listPublic(
  { publics, catalogue, targetTypes, log }: PublicTimelineParts,
  actor: string,
  options: { order: Order; filter: ActionFilter; limit: number; after?: string },
): Promise<{ items: Action[]; after?: string }> {
  const { order, filter, limit, after } = options;
  const selections = selectionsOf(filter, catalogue.verbsOf(actor), targetTypes);
  const sources: ReadPiece<PublicRow>[] =
    selections === 'all'
      ? [async (range) => publics.read(actor, range)]
      : selections.map(
          (selection) => async (range) => publics.readSelected(actor, selection, range),
        );
  const items: Action[] = [];
  const range = { order, limit: limit + spareRows, ...(after !== undefined && { after }) };
  for await (const [row] of mergedRows(sources, range)) {
    if (row === undefined || row.retracted) continue;
    if (!catalogue.declares(actor, row.verb)) {
      log.warn('action left out: its verb is not declared', { action: row.ulid, verb: row.verb });
      continue;
    }
    const last = items.at(-1)?.ulid;
    if (items.length === limit && last !== undefined) return { items, after: last };
    items.push(row);
  }
  return { items };
}

/** How many actions match; exact up to 10,000, then that and `capped`. */
export async function countPublic(
  { publics, catalogue, targetTypes }: PublicTimelineParts,
  actor: string,
  filter: ActionFilter,
): Promise<{ count: number; capped: boolean }> {
  const verbs = catalogue.verbsOf(actor);
  const selections = selectionsOf(filter, verbs, targetTypes);
  const parts = selections === 'all' ? (['all'] as const) : selections;
  const counts = await Promise.all(
    parts.map((selection) => publics.count(actor, selection, verbs, countCap + 1)),
  );
  const count = counts.reduce((sum, part) => sum + part, 0);
  return { count: Math.min(count, countCap), capped: count > countCap };
}

/** The index partitions that together hold what a filter asks for; `all`: no filter, no index. */
function selectionsOf(
  { verb, target }: ActionFilter,
  verbs: readonly string[],
  targetTypes: readonly string[],
): Selection[] | 'all' {
  if (verb === undefined && target === undefined) return 'all';
  if (verb !== undefined && !verbs.includes(verb)) return [];
  if (target?.includes(':') === true) return [{ by: 'target', target, verb }];
  const wantedVerbs = verb === undefined ? verbs : [verb];
  const wantedTypes = target === undefined ? [undefined, ...targetTypes] : [target];
  return wantedVerbs.flatMap((oneVerb) =>
    wantedTypes.map((targetType): Selection => ({ by: 'verb', verb: oneVerb, targetType })),
  );
}
