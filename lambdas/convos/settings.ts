import * as z from 'zod';

/** Settings of convos, with their units and defaults. */
export const convosSettings = z.strictObject({
  newThreadsPerHour: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(60)
    .describe('New threads that one sender may start in a clock hour (UTC); replies are free.'),
  bodyInEvents: z
    .boolean()
    .default(false)
    .describe(
      'Events of messages carry the text too: whoever reads the bus then reads private messages.',
    ),
});

export type ConvosSettings = z.output<typeof convosSettings>;
