import * as z from 'zod';
import { keys } from './contract.ts';
import { errorKinds } from './delivery.ts';
import { dueAttributes } from './due-key.ts';
import type { Lane } from './lane.ts';
import type { BatchRecord } from './lane-store.ts';

type Row = Record<string, unknown>;

const count = z.int().min(0);
const sequence = z.string();

const laneSchema = z.object({
  hook: z.ulid(),
  batch: count,
  from: count,
  stored: count,
  uncounted: z.boolean().optional(),
  oldest: z.ulid().optional(),
  since: count.optional(),
  flush: z
    .object({
      upTo: count,
      oldest: z.ulid(),
      stored: count,
      after: z.ulid().optional(),
      exhausted: z.object({ through: z.ulid(), lastStatus: z.int().nullable() }).optional(),
    })
    .optional(),
  done: z.array(z.object({ upTo: count, after: z.ulid() })).optional(),
  failures: count,
  blocked: z.ulid().optional(),
  reserved: z.boolean().optional(),
  wakeAt: count.optional(),
  dueAt: z.string().optional(),
  lastSequence: sequence.optional(),
  expiresAt: count.optional(),
  version: count,
});

/** A lane as it is stored: `due` is being in the index. */
export function laneRow({ due, ...lane }: Lane): Row {
  const { hook, wakeAt } = lane;
  const isDue = due === true && wakeAt !== undefined;
  return {
    ...keys.lane(hook),
    ...lane,
    ...(isDue && dueAttributes({ hook, dueAt: wakeAt })),
  };
}

export function laneOf(row: unknown): Lane {
  const { dueAt, ...lane } = laneSchema.parse(row);
  return { ...lane, ...(dueAt !== undefined && { due: true }) };
}

const recordSchema = z.object({
  batch: count,
  id: z.string(),
  first: z.ulid(),
  last: z.ulid(),
  attempt: z.object({
    at: count,
    durationMs: count,
    status: z.int().optional(),
    error: z.object({ kind: z.enum(errorKinds), message: z.string() }).optional(),
    responseHeaders: z.record(z.string(), z.string()).optional(),
    responseBody: z.string().optional(),
  }),
  expiresAt: count,
});

export function recordRow(hook: string, record: BatchRecord): Row {
  return { ...keys.record(hook, record.batch, record.first), ...record };
}

export function recordOf(row: unknown): BatchRecord {
  return recordSchema.parse(row);
}

const queuedSchema = z.object({ sequence, delivery: z.ulid() });

export function queuedRow(hook: string, entry: z.output<typeof queuedSchema>): Row {
  return { ...keys.queued(hook, entry.sequence), ...entry };
}

export function queuedOf(row: unknown): z.output<typeof queuedSchema> {
  return queuedSchema.parse(row);
}
