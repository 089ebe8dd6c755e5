import * as z from 'zod';
import { collect } from './delivery-walk.ts';
import { longestWalkMs, walkStep } from './delivery-parts.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import type { Listed } from './delivery-page.ts';
import { effectiveStatus } from './delivery-status.ts';
import { firstWaiting } from './first-waiting.ts';
import type { Hook } from './hook.ts';

/** Where a list over several hooks goes on: behind this delivery of this hook. */
export const storedPosition = z.strictObject({ hook: z.ulid(), after: z.ulid() });
export type StoredPosition = z.output<typeof storedPosition>;

/** Behind every delivery, newest first: the hook is done. */
const end = '0'.repeat(26);

/** Hooks read at a time. */
const hooksPerRead = 100;

type Parts = Pick<DeliveryParts, 'deliveries' | 'lanes' | 'hooks' | 'now'>;

/**
 * What waits for batches, by hook, newest hooks first, and of each newest events first. A page may be
 * shorter than asked for and still not the last.
 *
 * @param query.of a hook alone, or those of a resource or of all
 */
export async function storedPage(
  parts: Parts,
  query: {
    of: Hook | { owner: string } | 'all';
    target?: string | undefined;
    from?: StoredPosition | undefined;
    limit: number;
  },
): Promise<{ items: Listed[]; next?: StoredPosition | undefined }> {
  const { of, target, from, limit } = query;
  const items: Listed[] = [];
  const endsAt = parts.now() + longestWalkMs;
  for await (const hook of hooksFrom(parts, of, from?.hook)) {
    const after = hook.ulid === from?.hook ? from.after : undefined;
    const room = limit - items.length;
    const page = await waiting(parts, hook, { target, after, limit: room });
    items.push(...page.items);
    if (page.next !== undefined) return { items, next: { hook: hook.ulid, after: page.next } };
    if (items.length === limit || parts.now() >= endsAt) {
      return { items, next: { hook: hook.ulid, after: end } };
    }
  }
  return { items };
}

/** From the one on where the page before ended. */
async function* hooksFrom(
  { hooks }: Pick<DeliveryParts, 'hooks'>,
  of: Hook | { owner: string } | 'all',
  first: string | undefined,
): AsyncGenerator<Hook> {
  if (of !== 'all' && 'ulid' in of) {
    yield of;
    return;
  }
  const begun = first === undefined ? undefined : await hooks.read(first);
  if (begun) yield begun;
  let after = first;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await hooks.list(of, { after, limit: hooksPerRead });
    yield* page.hooks;
    after = page.after;
  } while (after !== undefined);
}

async function waiting(
  { deliveries, lanes, now }: Parts,
  hook: Hook,
  query: { target: string | undefined; after: string | undefined; limit: number },
): Promise<{ items: Listed[]; next?: string | undefined }> {
  const { target, after, limit } = query;
  const lane = await lanes.read(hook.ulid);
  const oldest = firstWaiting(lane);
  if (oldest === undefined || after === end) return { items: [] };
  return collect<Listed>(
    (position) =>
      deliveries.ofHook(hook.ulid, {
        order: 'desc',
        after: position,
        from: oldest,
        statuses: ['stored'],
        limit: walkStep.rows,
        maxBytes: walkStep.bytes,
      }),
    (rows) =>
      Promise.resolve(
        rows.map((delivery) => {
          const status = effectiveStatus(delivery, hook, lane);
          const isMeant = target === undefined || delivery.target === target;
          return status === 'pending' && isMeant ? { delivery, status } : undefined;
        }),
      ),
    { after, limit, now },
  );
}
