import * as z from 'zod';
import { keys, prefixes } from './contract.ts';

/** An event that another system sent by the API. */
export const customEvent = z.object({
  /** The sender's own id, or one that it was given. */
  id: z.string(),
  type: z.string(),
  /** When it came first: RFC 3339, UTC, milliseconds. */
  at: z.iso.datetime({ precision: 3 }),
  audience: z.array(z.string()),
  /** JSON text, so that nothing of it is lost: DynamoDB nests 32 levels and rounds numbers. */
  data: z.string(),
  /** The same for requests that say the same. */
  bodyHash: z.string(),
});
export type CustomEvent = z.output<typeof customEvent>;

const rowSchema = customEvent.omit({ id: true }).extend({ pk: z.string() });

/** @param expiresAt seconds since the epoch */
export function customEventRow({ id, ...event }: CustomEvent, expiresAt: number) {
  return { ...keys.custom(id), ...event, expiresAt };
}

export function customEventOf(row: Record<string, unknown>): CustomEvent {
  const { pk, ...event } = rowSchema.parse(row);
  return { id: pk.slice(prefixes.custom.length), ...event };
}
