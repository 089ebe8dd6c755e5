import { ulidTime, stableUlid } from '../shared/identifier.ts';
import type { Delivery } from './delivery.ts';

/**
 * The post of a batch: a JSON array of the events' own bodies. Its `webhook-id` follows from which
 * deliveries it has, so the same ones are the same post, id and bytes, however often it is made.
 */
export function batchPost(deliveries: readonly Delivery[]): { id: string; body: string } {
  const ulids = deliveries.map(({ ulid }) => ulid);
  const [first] = ulids;
  if (first === undefined) throw new RangeError('a batch has one event at least');
  return {
    id: `batch_${stableUlid(ulidTime(first), ulids.join(' '))}`,
    body: `[${deliveries.map(({ payload }) => payload ?? 'null').join(',')}]`,
  };
}
