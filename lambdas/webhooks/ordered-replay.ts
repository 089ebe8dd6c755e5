import type { Delivery } from './delivery.ts';
import { atOnce } from '../shared/at-once.ts';
import type { Hook } from './hook.ts';
import type { ReplayedInOrder } from './lane-jobs.ts';
import { expiryOf, stubbornly } from './lane-run.ts';
import type { LaneRun } from './lane-run.ts';
import { postSingly } from './lane-single.ts';
import { placeBehind } from './lane.ts';
import { withoutNext } from './next-step.ts';

/**
 * Sets deliveries going in order, by a schedule that begins anew: each is queued in its place behind the
 * message that asks for it. Whoever changes a row has it: of two replays that were sent at the same time
 * one posts it. The message comes again after a death, so nothing else has to see to them.
 *
 * @returns the first one that waits; nothing when none does
 */
export async function queueReplayed(
  run: LaneRun,
  hook: Hook,
  { deliveries: asked, sequence }: ReplayedInOrder,
): Promise<Delivery | undefined> {
  const { deliveries, lanes } = run.parts;
  const found = await atRest(run, asked);
  const queued = await atOnce(found, async ({ delivery, isTaken }, nth) => {
    const place = placeBehind(sequence, nth);
    const waiting = isTaken
      ? delivery
      : ({ ...delivery, status: 'pending', epoch: hook.epoch, sequence: place } as const);
    if (!isTaken) {
      const replaced = await stubbornly(run, async () => deliveries.replace(waiting));
      if (replaced === 'changed') return undefined;
    }
    const { sequence: at = place, ulid } = waiting;
    await stubbornly(run, async () => lanes.enqueue(run.hookUlid, at, ulid));
    return waiting;
  });
  return queued.find((one) => one !== undefined);
}

/** Posts them each by itself: their hook is in order no more. */
export async function postReplayed(
  run: LaneRun,
  hook: Hook,
  { deliveries: asked }: ReplayedInOrder,
): Promise<void> {
  const found = await atRest(run, asked);
  const triesOf = new Map(asked.map(({ ulid, tries }) => [ulid, tries]));
  const isLeft = ({ delivery, isTaken }: Found) =>
    !isTaken || delivery.tries === triesOf.get(delivery.ulid);
  await postSingly(
    run,
    found.filter(isLeft).map(({ delivery }) => delivery),
    hook.epoch,
  );
}

interface Found {
  delivery: Delivery;
  /** An earlier run has taken it into the lane's order, and may have died before it was queued. */
  isTaken: boolean;
}

async function atRest(run: LaneRun, asked: ReplayedInOrder['deliveries']): Promise<Found[]> {
  const rows = await run.parts.deliveries.readMany(asked.map(({ ulid }) => ulid));
  const byUlid = new Map(rows.map((row) => [row.ulid, row]));
  const expiresAt = expiryOf(run, 'retention');
  return asked.flatMap(({ ulid, version, tries }): Found[] => {
    const row = byUlid.get(ulid);
    if (row?.hook !== run.hookUlid) return [];
    // The lane itself may have put it to rest since it was read: its hook had been disabled.
    if (row.version === version || row.status === 'held') {
      const delivery = {
        ...withoutNext(row),
        tries: Math.max(tries, row.tries),
        step: 0,
        expiresAt: Math.max(row.expiresAt, expiresAt),
      };
      return [{ delivery, isTaken: false }];
    }
    const isTaken = row.status === 'pending' && row.sequence !== undefined && row.due !== true;
    return isTaken ? [{ delivery: row, isTaken }] : [];
  });
}
