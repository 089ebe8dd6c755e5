import { collect } from './delivery-walk.ts';
import { walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import type { Listed } from './delivery-page.ts';
import { effectiveStatus } from './delivery-status.ts';
import type { Delivery, DeliveryStatus, StoredStatus } from './delivery.ts';
import type { Hook } from './hook.ts';

/** What rows may say that count as a status. */
const storedAs: Readonly<Record<DeliveryStatus, readonly StoredStatus[]>> = {
  pending: ['pending', 'stored'],
  delivered: ['delivered', 'stored'],
  failed: ['failed'],
  discarded: ['discarded'],
  held: ['held', 'pending', 'stored'],
};

/**
 * Deliveries of a hook, newest events first, by what they count as. A page may be shorter than asked for
 * and still not the last: what is looked for may be far apart.
 */
export async function deliveriesOf(
  { deliveries, lanes, now }: Pick<DeliveryParts, 'deliveries' | 'lanes' | 'now'>,
  hook: Hook,
  query: { status?: DeliveryStatus | undefined; after?: string | undefined; limit: number },
): Promise<{ items: Listed[]; next?: string | undefined }> {
  const { status, after, limit } = query;
  const lane = await lanes.read(hook.ulid);
  const seen = (delivery: Delivery) => ({
    delivery,
    status: effectiveStatus(delivery, hook, lane),
  });
  return collect<Listed>(
    (position) =>
      deliveries.ofHook(hook.ulid, {
        order: 'desc',
        after: position,
        limit: status === undefined ? limit : walkStep.rows,
        maxBytes: walkStep.bytes,
        ...(status !== undefined && { statuses: storedAs[status] }),
      }),
    (rows) =>
      Promise.resolve(
        rows
          .map(seen)
          .map((one) => (status === undefined || one.status === status ? one : undefined)),
      ),
    { after, limit, now },
  );
}
