import * as z from 'zod';

/** Settings of timelines, with their units and defaults. */
export const timelinesSettings = z.strictObject({
  importOnFollow: z
    .boolean()
    .default(true)
    .describe(
      'Following brings the followed one’s newest public actions into the private timeline.',
    ),
  removeOnUnfollow: z
    .boolean()
    .default(true)
    .describe('Unfollowing takes the actions of the one unfollowed out of the private timeline.'),
  fanOutLimit: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe('Followers above which actions are no longer copied but merged when read.'),
  keep: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('Newest actions that a private timeline keeps.'),
  chunkSize: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('Followers that one fan-out job writes to.'),
});

export type TimelinesSettings = z.output<typeof timelinesSettings>;
