import { idempotencySeconds } from '../shared/idempotency.ts';
import { ulidTime } from '../shared/identifier.ts';
import type { Clock } from '../shared/identifier.ts';
import type { RemovedCopy } from './contract.ts';
import type { UpkeepStore } from './upkeep-store.ts';

/**
 * Removes messages of which neither participant has a copy any more. Each removed copy brings its own
 * look here, after it is gone: of two that go at the same moment the later one finds neither.
 * What remains of a message, without any text, tells a repeat of its request while one may come.
 */
export async function release(
  { upkeep, now }: { upkeep: UpkeepStore; now: Clock },
  copies: readonly RemovedCopy[],
): Promise<void> {
  const held = await upkeep.held(
    copies.map(({ other, thread, ulid }) => ({ owner: other, thread, ulid })),
  );
  for (const { ulid } of copies) {
    const keepKeyUntilMs = ulidTime(ulid) + idempotencySeconds * 1000;
    if (!held.has(ulid)) await upkeep.removeMessage(ulid, now(), keepKeyUntilMs);
  }
}
