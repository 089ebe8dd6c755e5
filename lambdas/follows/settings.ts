import * as z from 'zod';

/** Settings of follows, with their defaults. */
export const followsSettings = z.strictObject({
  onRepeat: z
    .enum(['ignore', 'conflict'])
    .default('ignore')
    .describe('What following or unfollowing twice answers: 200 as the first time, or 409.'),
});

export type FollowsSettings = z.output<typeof followsSettings>;
