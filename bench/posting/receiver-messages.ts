import * as z from 'zod';

/** How a receiver in a process of its own behaves. */
export const receiverOrderSchema = z.object({
  /** Each so many-th post is answered by 500; all others by 204. */
  failsEach: z.int().optional(),
  /** Milliseconds until it answers. */
  takesMs: z.int(),
  /** Tells of each post, which takes time: for what is not measured in posts per second. */
  tells: z.boolean(),
});

export type ReceiverOrder = z.output<typeof receiverOrderSchema>;

/** What it tells. */
export const receiverMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), port: z.int() }),
  z.object({
    kind: z.literal('post'),
    /** When its first byte came, milliseconds since the epoch, fractions too. */
    at: z.number(),
    /** Those of Standard Webhooks. */
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
  z.object({
    kind: z.literal('tally'),
    posts: z.int(),
    /** Those answered by 204. */
    good: z.int(),
  }),
]);

export type ReceiverMessage = z.output<typeof receiverMessageSchema>;
export type Received = Extract<ReceiverMessage, { kind: 'post' }>;
