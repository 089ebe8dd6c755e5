import * as z from 'zod';

/** An event as webhooks take it from the bus. */
export const webhookEvent = z.object({
  id: z.string(),
  type: z.string(),
  /** When it happened, milliseconds since the epoch. */
  atMs: z.int().min(0),
  /** References of those whom it concerns. */
  audience: z.array(z.string()),
  data: z.unknown(),
});
export type WebhookEvent = z.output<typeof webhookEvent>;

/** The body by which a receiver gets an event, the same however often it is posted. */
export function payloadOf({ id, type, atMs, data }: WebhookEvent): string {
  return JSON.stringify({ id, type, timestamp: new Date(atMs).toISOString(), data });
}
