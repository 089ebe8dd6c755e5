import * as z from 'zod';

/** What a process of its own is to measure of one function. */
export const orderSchema = z.object({
  file: z.string(),
  call: z.object({ method: z.string(), url: z.string(), sub: z.string() }),
  /** Calls after the first one that are timed too. */
  warmCalls: z.int(),
});

export type Order = z.output<typeof orderSchema>;

/** What it measured, in milliseconds. */
export const measuredSchema = z.object({
  status: z.number(),
  /** From before the import to the first answer. */
  coldMs: z.number(),
  warmMs: z.array(z.number()),
});

export type Measured = z.output<typeof measuredSchema>;
