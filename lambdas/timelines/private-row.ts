import * as z from 'zod';
import { suffix } from './contract.ts';
import type { PrivateRow } from './timeline-store.ts';

const keySchema = z.object({ sk: z.string() });

const actionSchema = z.object({
  actor: z.string(),
  verb: z.string(),
  target: z.string().optional(),
  data: z.string().optional(),
});

const noteSchema = actionSchema.extend({ postedAt: z.number() });

/** A row of a private timeline as read from the table. */
export function privateRow(item: Record<string, unknown>): PrivateRow {
  const { sk } = keySchema.parse(item);
  const hash = sk.indexOf('#');
  const ulid = sk.slice(0, hash);
  const what = sk.slice(hash + 1);
  if (what === suffix.removed) return { kind: 'removed', ulid };
  return what === suffix.note
    ? { kind: 'note', ulid, ...noteSchema.parse(item) }
    : { kind: 'copy', followId: what, ulid, ...actionSchema.parse(item) };
}
