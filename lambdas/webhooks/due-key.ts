import { createHash } from 'node:crypto';
import * as z from 'zod';
import { dueShards } from './contract.ts';
import type { DueRow } from './delivery-store.ts';

/** Attributes by which an item is in the index `due`. */
export interface DueAttributes {
  dueShard: string;
  dueAt: string;
}

/**
 * The attributes of a delivery or a lane that is due. All that its job says stands in the key, so that
 * the due pass reads nothing but the index: the time first, by which it sorts.
 */
export function dueAttributes({ hook, tries, single, reserved, dueAt }: DueRow): DueAttributes {
  const flags = `${single ? 's' : ''}${reserved ? 'r' : ''}`;
  const about = tries === undefined ? '' : `#${String(tries)}#${flags}`;
  return { dueShard: shardOf(hook), dueAt: `${dueTime(dueAt)}#${hook}${about}` };
}

/** Every partition of the index. */
export const allShards: readonly string[] = Array.from({ length: dueShards }, (_shard, number) =>
  shardName(number),
);

/** The beginning of every key of a moment, milliseconds since the epoch. */
export function dueTime(atMs: number): string {
  return String(atMs).padStart(timeDigits, '0');
}

const timeDigits = 15;

const dueKey = z
  .string()
  .regex(/^\d{15}#[0-9A-Z]{26}(?:#\d+#s?r?)?$/)
  .transform((key) => key.split('#'));

/**
 * What a key says.
 *
 * @param delivery ULID of the delivery whose key it is; nothing for a lane's
 */
export function dueRowOf(key: string, delivery: string | undefined): DueRow {
  const [time, hook = '', tries, flags = ''] = dueKey.parse(key);
  return {
    hook,
    dueAt: Number(time),
    ...(delivery !== undefined && { delivery, tries: Number(tries) }),
    ...(flags.includes('s') && { single: true }),
    ...(flags.includes('r') && { reserved: true }),
  };
}

/** By hook, so that one with many due deliveries slows itself alone. */
function shardOf(hook: string): string {
  return shardName(createHash('sha256').update(hook).digest().readUInt8(0) % dueShards);
}

function shardName(number: number): string {
  return `DUE#${String(number)}`;
}
