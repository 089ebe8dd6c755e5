import { deliveriesPerCall } from './delivery-endpoints.ts';
import type { FailureFilters } from './delivery-endpoints.ts';
import { longestWalkMs, walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { ulidOfDeliveryId } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { failureJudge } from './failure-list.ts';
import type { Failure, FailuresOf } from './failure-list.ts';
import { ulidOfHookId } from './hook.ts';

/** Which failures a call is about: these, or those that filters mean. */
export interface Chosen {
  of: FailuresOf;
  filters: FailureFilters;
  /** Ids of deliveries; unknown ones and those of others are none of them. */
  ids?: readonly string[] | undefined;
  /** Where an earlier round ended. */
  after?: string | undefined;
}

export interface Round {
  /** Those that were really taken. */
  accepted: number;
  more: boolean;
  /** With `more`: where the next round begins. */
  after?: string | undefined;
}

/** Failures that are read at a time. */
interface Step {
  found: readonly Failure[];
  /** There may be more behind this one. */
  after?: string | undefined;
  timeIsOver: boolean;
}

/**
 * Does something with failures, as many as a call takes.
 *
 * @param isMeant among those chosen
 * @param take gives how many it took: others may have been quicker
 */
export async function failureRound(
  parts: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'now'>,
  chosen: Chosen,
  isMeant: (failure: Failure) => boolean,
  take: (failures: readonly Failure[]) => Promise<number>,
): Promise<Round> {
  let accepted = 0;
  let position = chosen.after;
  for await (const step of chosen.ids ? named(parts, chosen, chosen.ids) : walked(parts, chosen)) {
    const meant = step.found.filter(isMeant);
    const room = deliveriesPerCall - accepted;
    const tried = meant.slice(0, room);
    if (tried.length > 0) accepted += await take(tried);
    if (meant.length > room) {
      return { accepted, more: true, after: tried.at(-1)?.delivery.ulid ?? position };
    }
    position = step.after;
    if (step.timeIsOver) return { accepted, more: true, after: position };
  }
  return { accepted, more: false };
}

async function* walked(
  parts: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'now'>,
  { of, filters, after: from }: Chosen,
): AsyncGenerator<Step> {
  const { hooks, now } = parts;
  const judge = failureJudge({ hooks }, filters);
  const endsAt = now() + longestWalkMs;
  let after = from;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the one before ended
    const step = await failedPage(parts, of, filters, after);
    // oxlint-disable-next-line no-await-in-loop -- of this step
    const found = (await judge(step.deliveries)).filter((failure) => failure !== undefined);
    after = step.after;
    yield { found, after, timeIsOver: after !== undefined && now() >= endsAt };
  } while (after !== undefined);
}

/** Those of one hook are sought among its own deliveries: there may be many more of others. */
async function failedPage(
  { deliveries }: Pick<DeliveryParts, 'deliveries'>,
  of: FailuresOf,
  { hook: id }: FailureFilters,
  after: string | undefined,
): Promise<{ deliveries: Delivery[]; after?: string | undefined }> {
  if (id === undefined) return deliveries.failures(of, { after, limit: walkStep.rows });
  const hook = ulidOfHookId(id);
  if (hook === undefined) return { deliveries: [] };
  const page = await deliveries.ofHook(hook, {
    order: 'desc',
    after,
    statuses: ['failed'],
    limit: walkStep.rows,
    maxBytes: walkStep.bytes,
  });
  return { ...page, deliveries: page.deliveries.filter((one) => isOf(one, of)) };
}

function isOf({ owner }: Delivery, of: FailuresOf): boolean {
  return of === 'all' || owner === of.owner;
}

async function* named(
  { deliveries, hooks }: Pick<DeliveryParts, 'deliveries' | 'hooks'>,
  { of, filters }: Chosen,
  ids: readonly string[],
): AsyncGenerator<Step> {
  const ulids = ids.map(ulidOfDeliveryId).filter((ulid) => ulid !== undefined);
  const found = await deliveries.readMany([...new Set(ulids)]);
  const judged = await failureJudge({ hooks }, filters)(found.filter((one) => isOf(one, of)));
  yield { found: judged.filter((failure) => failure !== undefined), timeIsOver: false };
}
