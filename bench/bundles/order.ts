import * as z from 'zod';

/** What calls a function: a request, the records of a queue or a stream, or the clock. */
const callSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('request'),
    method: z.string(),
    url: z.string(),
    sub: z.string(),
    admin: z.boolean(),
  }),
  z.object({ kind: z.literal('records'), records: z.array(z.unknown()) }),
  z.object({ kind: z.literal('schedule') }),
]);

export type Call = z.output<typeof callSchema>;

/** What a process of its own is to measure of one function. */
export const orderSchema = z.object({
  file: z.string(),
  call: callSchema,
  /** Calls after the first one that are timed too. */
  warmCalls: z.int(),
});

export type Order = z.output<typeof orderSchema>;

/** What it measured, in milliseconds. */
export const measuredSchema = z.object({
  /** To a request its status; to records how many the function wants again; to the clock 0. */
  answer: z.number(),
  /** From before the import to the first answer. */
  coldMs: z.number(),
  warmMs: z.array(z.number()),
});

export type Measured = z.output<typeof measuredSchema>;
