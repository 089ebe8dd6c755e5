import * as z from 'zod';
import { keys, prefixes } from './contract.ts';
import type { Health, Hook, Subscription } from './hook.ts';
import type { HealthOwner } from './hook-store.ts';

/** A row of the table. */
export type Row = Record<string, unknown>;

/** What health says of a hook whose posts never failed. */
export const healthy: Health = { exhausted: 0, warned: false, timeouts: 0, version: 0 };

const mode = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('each'), ordered: z.boolean() }),
  z.object({ mode: z.literal('batch'), size: z.int().optional(), time: z.int().optional() }),
]);

const matched = {
  target: z.string(),
  events: z.array(z.string()),
  delivery: mode,
  enabled: z.boolean(),
  epoch: z.int(),
};

const hookSchema = z.object({
  ...matched,
  ulid: z.ulid(),
  owner: z.string().nullable(),
  description: z.string().nullable(),
  retry: z
    .union([
      z.object({ retries: z.int(), retryInterval: z.int() }),
      z.object({ schedule: z.array(z.int()) }),
    ])
    .nullable(),
  onExhausted: z.enum(['keep', 'discard']),
  rateLimit: z.object({ perSecond: z.number() }).nullable(),
  disabledReason: z.enum(['manual', 'gone', 'failing']).optional(),
  secrets: z.array(z.object({ sealed: z.string(), endsAt: z.int().optional() })),
  version: z.int(),
});

const healthSchema = z.object({
  failingSince: z.int().optional(),
  exhausted: z.int(),
  warned: z.boolean(),
  timeouts: z.int(),
  openUntil: z.int().optional(),
  version: z.int(),
});

const healthOwnerSchema = z.object({ owner: z.string().nullable(), target: z.string() });

const subscriptionSchema = z.object({ ...matched, pk: z.string(), sk: z.ulid() });

const markSchema = z.object({ deleted: z.literal(true) });

export function hookRow(hook: Hook): Row {
  return { ...keys.hook(hook.ulid), ...hook };
}

/** What stays of a deleted hook for a while. */
export function markRow(ulid: string, expiresAt: number): Row {
  return { ...keys.hook(ulid), deleted: true, expiresAt };
}

/** The hook of a row; of a deletion's mark none. */
export function hookOf(row: Row): Hook | undefined {
  return markSchema.safeParse(row).success ? undefined : hookSchema.parse(row);
}

export function healthRow({ ulid, owner, target }: HealthOwner, health: Health): Row {
  return { ...keys.health(ulid), owner, target, ...health };
}

export function healthOf(row: Row): Health {
  return healthSchema.parse(row);
}

/** Whose health a row tells. */
export function healthOwnerOf(row: Row): HealthOwner {
  const { pk } = z.object({ pk: z.string() }).parse(row);
  return { ulid: pk.slice(prefixes.hook.length), ...healthOwnerSchema.parse(row) };
}

export function subscriptionRow({ ulid, owner, ...hook }: Hook): Row {
  const { target, events, delivery, enabled, epoch } = hook;
  return { ...keys.owned(owner, ulid), target, events, delivery, enabled, epoch };
}

export function subscriptionOf(row: Row): Subscription {
  const { pk, sk, ...rest } = subscriptionSchema.parse(row);
  const owner = pk.slice(prefixes.owner.length);
  return { hook: sk, owner: owner === '*' ? null : owner, ...rest };
}
