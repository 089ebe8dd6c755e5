import type { Attempt, Delivery } from './delivery.ts';
import type { BatchRecord } from './lane-store.ts';

/** Posts of batches that a delivery was in, oldest first, out of its lane's records from its batch on. */
export function batchAttempts(
  { ulid, batch }: Pick<Delivery, 'ulid' | 'batch'>,
  records: readonly BatchRecord[],
): Attempt[] {
  if (batch === undefined) return [];
  const attempts = records
    .filter((record) => record.batch >= batch && record.first <= ulid && ulid <= record.last)
    .map(({ attempt }) => attempt);
  // What was delivered is in no later post, though it may lie between one's first and last.
  const success = attempts.findIndex(({ error }) => error === undefined);
  return success < 0 ? attempts : attempts.slice(0, success + 1);
}
