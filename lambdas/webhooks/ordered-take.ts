import { inlinePayloadBytes, payloadPlace, payloadSpareDays } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { takenDelivery } from './batch-take.ts';
import { postForgotten } from './forgotten-post.ts';
import type { Hook } from './hook.ts';
import type { TakenEvent } from './lane-jobs.ts';
import { expiryOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { daySeconds } from './expiry.ts';

/**
 * Stores the delivery of an event that came to an ordered lane.
 *
 * @returns nothing when the event came before, or its delivery is done
 */
export async function storeInOrder(
  run: LaneRun,
  hook: Hook,
  take: TakenEvent,
): Promise<Delivery | undefined> {
  const { deliveries } = run.parts;
  const delivery = takenDelivery(run, hook, take);
  if (Buffer.byteLength(take.payload) > inlinePayloadBytes) {
    // It may be held in the meantime.
    const rowsExpireAt = Math.max(expiryOf(run, 'retention'), expiryOf(run, 'held'));
    const expiresAt = rowsExpireAt + payloadSpareDays * daySeconds;
    await stubbornly(run, async () => deliveries.keepPayload(take.payload, expiresAt));
  }
  const { existing } = await stubbornly(run, async () =>
    deliveries.create(delivery, take.payload, true),
  );
  if (!existing) return { ...delivery, version: 1, ...payloadPlace(take.payload) };
  await postForgotten(run, existing);
  if (existing.sequence !== take.sequence) {
    // What was handed to the post worker, or blocks, has a time of its own; anything else has its place in
    // the order, or gets it now: the first message ended in the dead-letter queue.
    const isOfLane = existing.sequence !== undefined && existing.nextAttemptAt === undefined;
    return existing.status === 'pending' && isOfLane ? existing : undefined;
  }
  if (existing.status === 'stored') {
    // It was stored for a batch by a run that died, before the hook's mode was changed.
    const inOrder = { ...existing, status: 'pending', batch: undefined } as const;
    const replaced = await stubbornly(run, async () => deliveries.replace(inOrder));
    return replaced === 'replaced' ? { ...inOrder, version: inOrder.version + 1 } : undefined;
  }
  return existing.status === 'pending' ? existing : undefined;
}
