import { longestWalkMs, walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { effectiveStatus } from './delivery-status.ts';
import { ulidOfDeliveryId } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { firstWaiting } from './first-waiting.ts';
import type { Hook } from './hook.ts';
import { atOnce } from '../shared/at-once.ts';

type Parts = Pick<DeliveryParts, 'deliveries' | 'lanes' | 'hooks' | 'laneJobs' | 'now'>;

/**
 * Has these deliveries taken out of their batch, those that wait for one. The lane worker takes them
 * out, as it alone changes lanes: what a batch was quicker with goes with that.
 *
 * @param isOwn whether the caller may do that with a delivery
 */
export async function deliverThese(
  parts: Parts,
  ids: readonly string[],
  isOwn: (delivery: Delivery) => boolean,
): Promise<number> {
  const ulids = ids.map(ulidOfDeliveryId).filter((ulid) => ulid !== undefined);
  const found = await parts.deliveries.readMany([...new Set(ulids)]);
  const byHook = Map.groupBy(found.filter(isOwn), ({ hook }) => hook);
  const jobs = await atOnce([...byHook], async ([ulid, deliveries]) => {
    const hook = await parts.hooks.read(ulid);
    const waiting = hook ? await waitingOf(parts, hook, deliveries) : [];
    return { hook: ulid, deliveries: waiting.map((delivery) => delivery.ulid) };
  });
  const work = jobs.filter(({ deliveries }) => deliveries.length > 0);
  await parts.laneJobs.send(work.map((job) => ({ kind: 'single', ...job })));
  return work.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
}

/** Has everything that waits for a hook's batch taken out of it; gives how much that is. */
export async function deliverAll(parts: Parts, hook: Hook): Promise<number> {
  const oldest = firstWaiting(await parts.lanes.read(hook.ulid));
  if (oldest === undefined) return 0;
  const endsAt = parts.now() + longestWalkMs;
  let count = 0;
  let after: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the one before ended
    const step = await parts.deliveries.ofHook(hook.ulid, {
      order: 'asc',
      from: oldest,
      after,
      statuses: ['stored'],
      limit: walkStep.rows,
      maxBytes: walkStep.bytes,
    });
    // oxlint-disable-next-line no-await-in-loop -- of this step
    count += (await waitingOf(parts, hook, step.deliveries)).length;
    after = step.after;
  } while (after !== undefined && parts.now() < endsAt);
  if (count > 0) await parts.laneJobs.send([{ kind: 'single', hook: hook.ulid }]);
  return count;
}

/** Of stored deliveries those that still wait: a batch that was delivered writes to none of them. */
async function waitingOf(
  { lanes }: Pick<DeliveryParts, 'lanes'>,
  hook: Hook,
  deliveries: readonly Delivery[],
): Promise<Delivery[]> {
  const stored = deliveries.filter(({ status }) => status === 'stored');
  if (stored.length === 0) return [];
  const lane = await lanes.read(hook.ulid);
  return stored.filter((delivery) => effectiveStatus(delivery, hook, lane) === 'pending');
}
