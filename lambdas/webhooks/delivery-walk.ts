import type { Clock } from '../shared/identifier.ts';
import { longestWalkMs } from './delivery-parts.ts';
import type { Delivery } from './delivery.ts';

/** What a store gives at a time. */
export interface Step {
  deliveries: Delivery[];
  /** There may be more behind this one. */
  after?: string | undefined;
}

/**
 * Walks a list step by step and collects what is wanted, until there is enough, the list ends or time
 * is over. What comes next begins behind `next`, so that a walk in pages meets each row once.
 *
 * @param wanted answers for the rows of a step in their order, nothing for those that are not wanted
 */
export async function collect<Item>(
  read: (after: string | undefined) => Promise<Step>,
  wanted: (deliveries: readonly Delivery[]) => Promise<(Item | undefined)[]>,
  { after, limit, now }: { after: string | undefined; limit: number; now: Clock },
): Promise<{ items: Item[]; next?: string | undefined }> {
  const items: Item[] = [];
  const endsAt = now() + longestWalkMs;
  let position = after;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the one before ended
    const step = await read(position);
    // oxlint-disable-next-line no-await-in-loop -- of this step
    const answers = await wanted(step.deliveries);
    for (const [place, { ulid }] of step.deliveries.entries()) {
      const item = answers[place];
      if (item !== undefined) items.push(item);
      const isLast = place === step.deliveries.length - 1 && step.after === undefined;
      if (items.length === limit) return { items, next: isLast ? undefined : ulid };
    }
    position = step.after;
    if (position === undefined) return { items };
    if (now() >= endsAt) return { items, next: position };
  }
}
