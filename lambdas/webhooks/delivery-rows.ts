import * as z from 'zod';
import { allFailures, keys } from './contract.ts';
import { errorKinds, payloadKey } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { dueAttributes, dueRowOf } from './due-key.ts';

/** A row of the table. */
export type Row = Record<string, unknown>;

const count = z.int().min(0);

const attemptSchema = z.object({
  at: count,
  durationMs: z.number().min(0),
  status: z.int().optional(),
  error: z.object({ kind: z.enum(errorKinds), message: z.string() }).optional(),
  responseHeaders: z.record(z.string(), z.string()).optional(),
  responseBody: z.string().optional(),
});

const deliverySchema = z.object({
  ulid: z.ulid(),
  hook: z.ulid(),
  owner: z.string().nullable(),
  target: z.string(),
  event: z.object({ id: z.string(), type: z.string() }),
  status: z.enum(['stored', 'pending', 'delivered', 'failed', 'discarded', 'held']),
  tries: count,
  step: count,
  attempts: z.array(attemptSchema),
  nextAttemptAt: count.optional(),
  dueAt: z.string().optional(),
  epoch: count,
  payload: z.string().optional(),
  payloadKey: z.string().optional(),
  batch: count.optional(),
  sequence: z.string().optional(),
  lastStatus: z.int().nullable().optional(),
  expiresAt: count,
  version: count,
});

/**
 * A delivery as it is stored. Being due, and what its next job says, is the key of the due index; a
 * failed one is in the indexes of failures.
 */
export function deliveryRow({ due, turn, resendAt, ...delivery }: Delivery): Row {
  const { ulid, hook, tries, owner, status, nextAttemptAt } = delivery;
  const dueAt =
    due === true && nextAttemptAt !== undefined ? (resendAt ?? nextAttemptAt) : undefined;
  return {
    ...keys.delivery(ulid),
    ...delivery,
    ...(dueAt !== undefined && dueAttributes({ hook, delivery: ulid, tries, dueAt, ...turn })),
    ...(status === 'failed' && { failedOf: failedOf(owner), failedIn: allFailures }),
  };
}

export function deliveryOf(row: unknown): Delivery {
  const { dueAt: key, ...delivery } = deliverySchema.parse(row);
  if (key === undefined) return delivery;
  const { dueAt, single, reserved } = dueRowOf(key, delivery.ulid);
  const resendAt = dueAt === delivery.nextAttemptAt ? {} : { resendAt: dueAt };
  const turn = { ...(single && { single }), ...(reserved && { reserved }) };
  return { ...delivery, due: true, ...resendAt, ...((single ?? reserved) && { turn }) };
}

/** A delivery as it is read back. */
export function asRead(delivery: Delivery): Delivery {
  return deliveryOf(JSON.parse(JSON.stringify(deliveryRow(delivery))));
}

/** Partition of the index `failures`. */
export function failedOf(owner: string | null): string {
  return owner ?? '*';
}

const payloadSchema = z.object({ payloadKey: z.string(), payload: z.string(), expiresAt: count });

export function payloadRow(payload: string, expiresAt: number): Row {
  const key = payloadKey(payload);
  return { ...keys.event(key), payloadKey: key, payload, expiresAt };
}

export function payloadOfRow(row: unknown): z.output<typeof payloadSchema> {
  return payloadSchema.parse(row);
}
