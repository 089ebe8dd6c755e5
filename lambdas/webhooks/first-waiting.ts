import type { Lane } from './lane.ts';

/**
 * The smallest ULID among the deliveries that wait for a batch or are on their way in one; nothing when
 * none does.
 */
export function firstWaiting({
  oldest,
  flush,
}: Pick<Lane, 'oldest' | 'flush'>): string | undefined {
  if (oldest === undefined || flush === undefined) return oldest ?? flush?.oldest;
  return oldest < flush.oldest ? oldest : flush.oldest;
}
