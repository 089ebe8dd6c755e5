import * as z from 'zod';

const time = z.iso.datetime({ precision: 3 });

const follow = z.object({
  /** Names this one follow: following again after an unfollow has another. */
  followId: z.ulid(),
  follower: z.string(),
  followed: z.string(),
  since: time,
});

/** Events of follows, friendships and erasures. */
export const followEvents = {
  'follow.created': {
    description: 'A resource began to follow another.',
    schema: follow,
    example: {
      followId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      follower: 'user:thoas',
      followed: 'user:flo',
      since: '2026-11-21T10:30:00.008Z',
    },
  },
  'follow.deleted': {
    description: 'A resource follows another no longer.',
    schema: follow.extend({
      endedAt: time,
      /** `erased`: one of the two was erased; then nothing of it stays anywhere. */
      reason: z.enum(['unfollowed', 'erased']),
    }),
    example: {
      followId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      follower: 'user:thoas',
      followed: 'user:flo',
      since: '2026-11-21T10:30:00.008Z',
      endedAt: '2026-11-21T11:00:00.000Z',
      reason: 'unfollowed',
    },
  },
  'friend.created': {
    description: 'Two resources follow each other since the second of the two follows.',
    schema: z.object({ resources: z.tuple([z.string(), z.string()]), since: time }),
    example: { resources: ['user:flo', 'user:thoas'], since: '2026-11-21T10:31:00.000Z' },
  },
  'friend.deleted': {
    description: 'Two resources no longer follow each other both.',
    schema: z.object({ resources: z.tuple([z.string(), z.string()]) }),
    example: { resources: ['user:flo', 'user:thoas'] },
  },
  'erasure.started': {
    description: 'A resource is being erased; every domain removes what it holds of it.',
    schema: z.object({ ref: z.string(), erasureId: z.ulid(), startedAt: time }),
    example: {
      ref: 'user:amy',
      erasureId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      startedAt: '2026-11-21T10:30:00.008Z',
    },
  },
  'erasure.progressed': {
    description: 'A domain removed more of a resource that is being erased.',
    schema: z.object({
      ref: z.string(),
      erasureId: z.ulid(),
      part: z.string(),
      /** All that this domain removed so far. */
      removed: z.int().min(0),
      done: z.boolean(),
    }),
    example: {
      ref: 'user:amy',
      erasureId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      part: 'timelines',
      removed: 120,
      done: true,
    },
  },
  'erasure.finished': {
    description: 'A resource has been erased by every domain.',
    schema: z.object({ ref: z.string(), erasureId: z.ulid(), finishedAt: time }),
    example: {
      ref: 'user:amy',
      erasureId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      finishedAt: '2026-11-21T10:30:04.210Z',
    },
  },
};
