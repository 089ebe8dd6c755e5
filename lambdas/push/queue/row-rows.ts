import * as z from 'zod';
import { keys, partitions } from '../contract.ts';
import type { Row, RowMark } from './row.ts';
import { hasFailed, statuses } from './status.ts';

const count = z.int().min(0);

const mark = { ulid: z.ulid(), rule: z.string(), target: z.string(), content: z.string() };

/** What indexes hold of a row. */
export const rowMarkSchema: z.ZodType<RowMark> = z.object(mark);

const itemSchema = z.object({
  ...mark,
  statusKey: z.enum(statuses),
  message: z.string(),
  attempts: z.array(
    z.object({
      atMs: count,
      durationMs: count,
      outcome: z.enum(['sent', 'failed']),
      message: z.string(),
    }),
  ),
  createdMs: count,
  wishedMs: count.optional(),
  wish: z.string().optional(),
  lastAttemptMs: count.optional(),
  run: z.string().optional(),
  claim: z.object({ lane: z.string(), epoch: count }).optional(),
  claims: count,
  earlierMarks: z.array(z.string()).optional(),
  version: z.int().min(1),
});

/** A row as it is stored: its status is the key of an index. */
export function rowItem({ status, ...row }: Row) {
  return {
    ...keys.row(row.ulid),
    ...row,
    statusKey: status,
    ...(hasFailed(status) && { failedKey: partitions.failed }),
    listKey: partitions.rows,
    contentKey: row.content,
  };
}

/** The row of an item of the table, or of an image of its stream. */
export function rowOf(item: unknown): Row {
  const { statusKey, ...row } = itemSchema.parse(item);
  return { ...row, status: statusKey };
}

const placeSchema = z.object({ row: z.ulid(), version: z.int().min(1) });

/** Which row a rule, target and content had last, and how many they had before. */
export type Place = z.output<typeof placeSchema>;

export function placeOf(item: unknown): Place {
  return placeSchema.parse(item);
}

export function placeItem({ rule, target, content }: RowMark, place: Place) {
  return { ...keys.place(rule, target, content), ...place };
}
