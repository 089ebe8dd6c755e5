import * as z from 'zod';

const time = z.iso.datetime({ precision: 3 });

/** Events of actions. */
export const timelineEvents = {
  'action.created': {
    description: 'A resource did something.',
    schema: z.object({
      id: z.string(),
      actor: z.string(),
      verb: z.string(),
      target: z.string().nullable(),
      data: z.record(z.string(), z.unknown()).nullable(),
      at: time,
    }),
    example: {
      id: 'act_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      actor: 'user:flo',
      verb: 'like',
      target: 'article:7',
      data: null,
      at: '2026-11-21T10:30:00.008Z',
    },
  },
  'action.deleted': {
    description: 'An action was taken back.',
    schema: z.object({ id: z.string(), actor: z.string(), at: time }),
    example: {
      id: 'act_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      actor: 'user:flo',
      at: '2026-11-21T10:30:00.008Z',
    },
  },
};
