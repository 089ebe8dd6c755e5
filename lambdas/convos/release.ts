import { idempotencySeconds } from '../shared/idempotency.ts';
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
  const nowMs = now();
  const keepKeyUntilMs = nowMs + idempotencySeconds * 1000;
  for (const { ulid } of copies) {
    if (!held.has(ulid)) await upkeep.removeMessage(ulid, nowMs, keepKeyUntilMs);
  }
}
