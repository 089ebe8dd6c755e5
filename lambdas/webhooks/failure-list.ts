import { collect } from './delivery-walk.ts';
import { walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import type { FailureFilters } from './delivery-endpoints.ts';
import type { Delivery } from './delivery.ts';
import { matchesAny } from './event-pattern.ts';
import { ulidOfHookId } from './hook.ts';
import type { Hook } from './hook.ts';
import { atOnce } from '../shared/at-once.ts';

/** A failed delivery and its hook as it is now. */
export interface Failure {
  delivery: Delivery;
  status: 'failed';
  /** Nothing when it is deleted. */
  hook: Hook | undefined;
  /** The hook still has the delivery's target, event and owner. */
  valid: boolean;
}

/** Whose failures. */
export type FailuresOf = { owner: string | null } | 'all';

/** A page of failures, newest events first; it may be short and still not the last. */
export async function failures(
  parts: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'now'>,
  of: FailuresOf,
  query: { filters: FailureFilters; after?: string | undefined; limit: number },
): Promise<{ items: Failure[]; next?: string | undefined }> {
  const { filters, after, limit } = query;
  const judge = failureJudge(parts, filters);
  return collect(
    (position) => parts.deliveries.failures(of, { after: position, limit: walkStep.rows }),
    judge,
    { after, limit, now: parts.now },
  );
}

/**
 * Tells which deliveries are failures that filters mean. Reads each hook once, whenever it is met
 * again: a call sees one state of it.
 */
export function failureJudge(
  { hooks }: Pick<DeliveryParts, 'hooks'>,
  filters: FailureFilters,
): (deliveries: readonly Delivery[]) => Promise<(Failure | undefined)[]> {
  const known = new Map<string, Promise<Hook | undefined>>();
  const hookOf = (ulid: string) => {
    const hook = known.get(ulid) ?? hooks.read(ulid);
    known.set(ulid, hook);
    return hook;
  };
  return (deliveries) =>
    atOnce(deliveries, async (delivery) => {
      if (!isMeant(delivery, filters)) return undefined;
      const hook = await hookOf(delivery.hook);
      const valid = isValid(delivery, hook);
      if (filters.valid !== undefined && filters.valid !== valid) return undefined;
      return { delivery, status: 'failed', hook, valid };
    });
}

/** All that a delivery's own row tells. The index may still hold what is no failure any more. */
function isMeant(delivery: Delivery, filters: FailureFilters): boolean {
  const { hook, event, target, owner, status, failedBefore } = filters;
  return (
    delivery.status === 'failed' &&
    (hook === undefined || delivery.hook === ulidOfHookId(hook)) &&
    (event === undefined || delivery.event.type === event) &&
    (target === undefined || delivery.target === target) &&
    (owner === undefined || delivery.owner === owner) &&
    (status === undefined || String(delivery.lastStatus ?? 'none') === status) &&
    (failedBefore === undefined || lastTryAt(delivery) < failedBefore)
  );
}

/** One whose posts were those of batches was never tried by itself: it counts as tried long ago. */
function lastTryAt({ attempts }: Delivery): number {
  return attempts.at(-1)?.at ?? 0;
}

/** A ping goes to its hook whatever that subscribes to. */
function isValid({ target, event, owner }: Delivery, hook: Hook | undefined): boolean {
  return (
    hook?.target === target &&
    hook.owner === owner &&
    (event.type === 'ping' || matchesAny(hook.events, event.type))
  );
}
