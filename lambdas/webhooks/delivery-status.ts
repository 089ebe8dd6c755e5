import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { Hook } from './hook.ts';
import { waitsInLane } from './lane.ts';
import type { Lane } from './lane.ts';

/**
 * The status of a delivery as it counts: what its row says, seen by what has become of its hook since.
 * Disabling a hook writes to none of its deliveries, and neither does a batch that was delivered.
 *
 * @param hook nothing when it is deleted
 * @param lane the hook's; needed for deliveries with the status `stored` only
 */
export function effectiveStatus(
  delivery: Pick<Delivery, 'ulid' | 'status' | 'epoch' | 'batch'>,
  hook: Pick<Hook, 'enabled' | 'epoch'> | undefined,
  lane: Pick<Lane, 'from' | 'flush' | 'done'> | undefined,
): DeliveryStatus {
  const { status } = delivery;
  if (status !== 'stored' && status !== 'pending') return status;
  if (status === 'stored' && lane && !waitsInLane(delivery, lane)) return 'delivered';
  if (!hook) return 'discarded';
  return isHeld(delivery, hook) ? 'held' : 'pending';
}

/** Whether a delivery that waits is held: its hook is disabled, or was since. */
export function isHeld(
  delivery: Pick<Delivery, 'epoch'>,
  hook: Pick<Hook, 'enabled' | 'epoch'>,
): boolean {
  return !hook.enabled || delivery.epoch !== hook.epoch;
}
