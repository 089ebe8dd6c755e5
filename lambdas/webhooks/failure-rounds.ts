import { deliveriesPerCall } from './delivery-endpoints.ts';
import type { FailureFilters } from './delivery-endpoints.ts';
import { longestWalkMs, walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { ulidOfDeliveryId } from './delivery.ts';
import { failureJudge } from './failure-list.ts';
import type { Failure, FailuresOf } from './failure-list.ts';

/** Which failures a call is about: these, or those that filters mean. */
export interface Chosen {
  of: FailuresOf;
  filters: FailureFilters;
  /** Ids of deliveries; unknown ones and those of others are none of them. */
  ids?: readonly string[] | undefined;
}

export interface Round {
  /** Those that were really taken. */
  accepted: number;
  more: boolean;
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
  for await (const found of chosen.ids ? named(parts, chosen, chosen.ids) : walked(parts, chosen)) {
    const meant = found.filter(isMeant);
    const room = deliveriesPerCall - accepted;
    if (meant.length > 0 && room > 0) accepted += await take(meant.slice(0, room));
    if (meant.length > room) return { accepted, more: true };
    if (found === timeIsOver) return { accepted, more: true };
  }
  return { accepted, more: false };
}

/** The last step of a walk that would have gone on. */
const timeIsOver: Failure[] = [];

async function* walked(
  { deliveries, hooks, now }: Pick<DeliveryParts, 'deliveries' | 'hooks' | 'now'>,
  { of, filters }: Chosen,
): AsyncGenerator<Failure[]> {
  const judge = failureJudge({ hooks }, filters);
  const endsAt = now() + longestWalkMs;
  let after: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the one before ended
    const step = await deliveries.failures(of, { after, limit: walkStep.rows });
    // oxlint-disable-next-line no-await-in-loop -- of this step
    yield (await judge(step.deliveries)).filter((failure) => failure !== undefined);
    after = step.after;
    if (after !== undefined && now() >= endsAt) yield timeIsOver;
  } while (after !== undefined);
}

async function* named(
  { deliveries, hooks }: Pick<DeliveryParts, 'deliveries' | 'hooks'>,
  { of, filters }: Chosen,
  ids: readonly string[],
): AsyncGenerator<Failure[]> {
  const ulids = ids.map(ulidOfDeliveryId).filter((ulid) => ulid !== undefined);
  const found = await deliveries.readMany([...new Set(ulids)]);
  const own = found.filter(({ owner }) => of === 'all' || owner === of.owner);
  const judged = await failureJudge({ hooks }, filters)(own);
  yield judged.filter((failure) => failure !== undefined);
}
