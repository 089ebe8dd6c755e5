import * as z from 'zod';
import { domainEvent } from '../shared/events/domain-event.ts';
import type { BusEvent } from '../shared/events/domain-event.ts';
import type { Change } from '../shared/stream-handler.ts';
import { keys, prefixes } from './contract.ts';
import { customEventOf } from './custom-event.ts';
import { healthOf, healthOwnerOf, hookOf } from './hook-rows.ts';
import type { HealthOwner } from './hook-store.ts';
import { hookId } from './hook.ts';
import type { DisabledReason } from './hook.ts';

/** Turns a change of the webhooks' table into events for the bus; other rows say nothing. */
export function eventsOf(change: Change): BusEvent[] {
  const { pk, sk } = change.keys;
  if (pk.startsWith(prefixes.custom)) return customEventCame(change);
  if (pk.startsWith(prefixes.erasure)) return erasureProgressed(change);
  if (!pk.startsWith(prefixes.hook)) return [];
  if (sk === keys.hook('').sk) return hookChanged(change);
  if (sk === keys.health('').sk) return healthChanged(change);
  return [];
}

/** A sent event keeps its id, so consumers can tell a repeat as their sender does. */
function customEventCame({ kind, after }: Change): BusEvent[] {
  if (kind !== 'INSERT' || !after) return [];
  const { id, type, at, audience, data } = customEventOf(after);
  const read: unknown = JSON.parse(data);
  return [{ id, type, at, audience, data: read }];
}

function hookChanged(change: Change): BusEvent[] {
  const was = change.before && hookOf(change.before);
  const is = change.after && hookOf(change.after);
  if (!was?.enabled || !is || is.enabled) return [];
  return [disabledEvent(change, is, { reason: is.disabledReason ?? 'manual', percent: 100 })];
}

function healthChanged(change: Change): BusEvent[] {
  const { before, after } = change;
  if (!after || !healthOf(after).warned) return [];
  if (before && healthOf(before).warned) return [];
  return [disabledEvent(change, healthOwnerOf(after), { reason: 'failing', percent: 50 })];
}

function disabledEvent(
  { id, atMs }: Change,
  { ulid, owner, target }: HealthOwner,
  how: { reason: DisabledReason; percent: 50 | 100 },
): BusEvent {
  return domainEvent('hook.disabled', {
    atMs,
    seed: id,
    audience: owner === null ? [] : [owner],
    data: { hook: hookId(ulid), target, owner, ...how },
  });
}

const erasureSchema = z.object({
  pk: z.string(),
  erasureId: z.ulid(),
  removed: z.int(),
  done: z.boolean(),
});

function erasureProgressed({ id, atMs, after }: Change): BusEvent[] {
  if (!after) return [];
  const { pk, erasureId, removed, done } = erasureSchema.parse(after);
  const ref = pk.slice(prefixes.erasure.length);
  const data = { ref, erasureId, part: 'webhooks', removed, done };
  return [domainEvent('erasure.progressed', { atMs, seed: id, audience: [], data })];
}
