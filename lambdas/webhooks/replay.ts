import { firstUlidAt, lastUlidAt, ulidTime } from '../shared/identifier.ts';
import { allTries, batchAttempts } from './batch-attempts.ts';
import { deliveriesPerCall } from './delivery-endpoints.ts';
import { longestWalkMs, walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { effectiveStatus } from './delivery-status.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { Hook } from './hook.ts';
import { expiryAfter } from './expiry.ts';
import { keepPayloads, setGoing } from './set-going.ts';
import type { Parked, SetGoingParts } from './set-going.ts';

/** A range of events by their own time, milliseconds since the epoch; `until` is exclusive. */
export interface ReplayRange {
  since: number;
  until: number;
  onlyFailed: boolean;
}

export interface Replayed {
  accepted: number;
  /** Where the call goes on that replays the rest; absent at the end. */
  nextSince?: number | undefined;
}

type ReplayParts = SetGoingParts & Pick<DeliveryParts, 'lanes' | 'laneJobs'>;

/** What is replayed; what is pending comes by itself. */
const replayed: ReadonlySet<DeliveryStatus> = new Set(['delivered', 'failed', 'held', 'discarded']);
const undelivered: ReadonlySet<DeliveryStatus> = new Set(['failed', 'held']);

/**
 * Posts events of a range again, oldest first, each by itself and by a schedule that begins anew: of so
 * many that are one call's, whole milliseconds, as those are where the next call can go on.
 */
export async function replay(
  parts: ReplayParts,
  hook: Hook,
  { since, until, onlyFailed }: ReplayRange,
): Promise<Replayed> {
  if (until <= since) return { accepted: 0 };
  const { deliveries, lanes, now } = parts;
  const lane = await lanes.read(hook.ulid);
  const meant = onlyFailed ? undelivered : replayed;
  // A ping is no event that anybody missed.
  const isMeant = (delivery: Delivery) =>
    delivery.event.type !== 'ping' && meant.has(effectiveStatus(delivery, hook, lane));
  const endsAt = now() + longestWalkMs;
  let accepted = 0;
  let after: string | undefined;
  let lastMs: number | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the one before ended
    const step = await deliveries.ofHook(hook.ulid, {
      order: 'asc',
      from: firstUlidAt(since),
      to: lastUlidAt(until - 1),
      after,
      limit: walkStep.rows,
      maxBytes: walkStep.bytes,
    });
    const { now: part, later } = parted(step.deliveries.filter(isMeant), {
      room: deliveriesPerCall - accepted,
      lastMs,
    });
    // oxlint-disable-next-line no-await-in-loop -- oldest first
    accepted += await setAllGoing(parts, hook, await parkedOf(lanes, part, hook));
    if (later !== undefined) return { accepted, nextSince: ulidTime(later.ulid) };
    lastMs = timeOf(part.at(-1)) ?? lastMs;
    after = step.after;
    if (after !== undefined && now() >= endsAt) return { accepted, nextSince: ulidTime(after) };
  } while (after !== undefined);
  return { accepted };
}

/**
 * Deliveries of a hook that takes its events in order have to wait for their turn among the others: the
 * lane worker, which alone keeps that order, sets them going.
 */
async function setAllGoing(parts: ReplayParts, hook: Hook, parked: Parked[]): Promise<number> {
  if (hook.delivery.mode !== 'each' || !hook.delivery.ordered) {
    return setGoing(parts, parked, { single: false });
  }
  const deliveries = parked.map(({ delivery }) => delivery);
  if (deliveries.length === 0) return 0;
  const { laneJobs, retentionDays, now } = parts;
  await keepPayloads(parts.deliveries, deliveries, expiryAfter(retentionDays, now()));
  const asked = deliveries.map(({ ulid, version, tries }) => ({ ulid, version, tries }));
  await laneJobs.send([{ kind: 'replay', hook: hook.ulid, deliveries: asked }]);
  return deliveries.length;
}

/**
 * As many of the first as there is room for, and those of the same millisecond as the last of them.
 *
 * @returns `later`: the first that is none of them
 */
function parted(
  deliveries: readonly Delivery[],
  { room, lastMs }: { room: number; lastMs: number | undefined },
): { now: Delivery[]; later?: Delivery | undefined } {
  const fullMs = room > 0 ? timeOf(deliveries[room - 1]) : lastMs;
  if (fullMs === undefined) return { now: [...deliveries] };
  const end = deliveries.findIndex(({ ulid }, place) => place >= room && ulidTime(ulid) > fullMs);
  if (end < 0) return { now: [...deliveries] };
  return { now: deliveries.slice(0, end), later: deliveries[end] };
}

function timeOf(delivery: Delivery | undefined): number | undefined {
  return delivery && ulidTime(delivery.ulid);
}

/** One that went with a batch does not know its tries; from now on it counts them itself. */
async function parkedOf(
  lanes: DeliveryParts['lanes'],
  deliveries: readonly Delivery[],
  { epoch }: Hook,
) {
  const batches = await batchAttempts(lanes, deliveries);
  return deliveries.map((delivery) => ({
    delivery: { ...delivery, tries: allTries(delivery, batches.get(delivery.ulid)) },
    epoch,
  }));
}
