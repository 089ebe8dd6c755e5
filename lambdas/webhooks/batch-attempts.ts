import type { Attempt, Delivery } from './delivery.ts';
import { keptAttempts } from './delivery.ts';
import { atOnce } from '../shared/at-once.ts';
import type { BatchRecord, LaneStore } from './lane-store.ts';

/**
 * Posts of batches that deliveries went with, oldest first, by delivery. A batch writes to none of its
 * deliveries: what it posted stands in its lane's records, once for all of them.
 */
export async function batchAttempts(
  lanes: Pick<LaneStore, 'records'>,
  deliveries: readonly Delivery[],
): Promise<Map<string, Attempt[]>> {
  const batched = deliveries.filter(({ batch }) => batch !== undefined);
  const places = new Map(batched.map((one) => [placeOf(one), one]));
  const found = new Map<string, BatchRecord[]>();
  await atOnce([...places], async ([place, { hook, batch = 0 }]) => {
    found.set(place, await lanes.records(hook, batch));
  });
  return new Map(batched.map((one) => [one.ulid, attemptsIn(found.get(placeOf(one)) ?? [], one)]));
}

/** All attempts of a delivery that are kept, its batches' first. */
export function allAttempts(delivery: Delivery, batches: readonly Attempt[] = []): Attempt[] {
  return [...batches, ...delivery.attempts].slice(-keptAttempts);
}

/** Posts so far; a delivery that went with a batch and well does not say so itself. */
export function allTries({ status, tries }: Delivery, batches: readonly Attempt[] = []): number {
  return status === 'stored' ? Math.max(tries, batches.length) : tries;
}

function placeOf({ hook, batch }: Delivery): string {
  return `${hook} ${String(batch)}`;
}

/**
 * A later batch may hold events of an earlier time, so that a delivery lies between its first and last
 * without being in it: a delivery's posts end with the first success, and once it was taken out of its
 * lane, with its tries.
 */
function attemptsIn(records: readonly BatchRecord[], delivery: Delivery): Attempt[] {
  const { ulid, status, tries, attempts } = delivery;
  const around = records
    .filter(({ first, last }) => first <= ulid && ulid <= last)
    .map(({ attempt }) => attempt);
  const success = around.findIndex(({ error }) => error === undefined);
  const own = success < 0 ? around : around.slice(0, success + 1);
  return status === 'stored' ? own : own.slice(0, Math.max(0, tries - attempts.length));
}
