import * as z from 'zod';
import { happenedAt } from './action.ts';
import type { PublicRow } from './timeline-store.ts';

/** How long an action that was taken back is remembered: longer than any late copy of it is under way. */
export const retractionSeconds = 15 * 24 * 60 * 60;

const liveSchema = z.object({
  sk: z.string(),
  verb: z.string(),
  target: z.string().optional(),
  data: z.string().optional(),
  postedAt: z.number().optional(),
  self: z.boolean().optional(),
});

const retractedSchema = z.object({ sk: z.string(), retracted: z.literal(true) });

/** A public row as read from the table or seen in its stream. */
export function publicRow(actor: string, item: Record<string, unknown>): PublicRow {
  if (item['verb'] === undefined) {
    const { sk } = retractedSchema.parse(item);
    return { retracted: true, actor, ulid: ulidOfKey(sk) };
  }
  const { sk, verb, target, data, postedAt, self } = liveSchema.parse(item);
  const ulid = ulidOfKey(sk);
  return {
    retracted: false,
    ulid,
    actor,
    verb,
    ...(target !== undefined && { target }),
    ...(data !== undefined && { data }),
    postedAt: postedAt ?? happenedAt({ ulid }),
    self: self === true,
  };
}

/** The ULID that a sort key begins with. */
export function ulidOfKey(sk: string): string {
  return sk.slice(0, sk.indexOf('#'));
}
