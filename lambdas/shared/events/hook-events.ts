import * as z from 'zod';

/** Events of webhooks themselves. Their audience is the endpoint's owner. */
export const hookEvents = {
  'hook.disabled': {
    description:
      'An endpoint was disabled; or, with `percent` 50, half of the failures after which it will be have been reached.',
    schema: z.object({
      hook: z.string(),
      target: z.string(),
      owner: z.string().nullable(),
      /** `manual`: by its owner; `gone`: its server answered 410; `failing`: only failures for too long. */
      reason: z.enum(['manual', 'gone', 'failing']),
      /** 50: a warning, it is enabled still; 100: it is disabled. */
      percent: z.union([z.literal(50), z.literal(100)]),
    }),
    example: {
      hook: 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      target: 'https://example.org/webhooks',
      owner: 'user:thoas',
      reason: 'failing',
      percent: 100,
    },
  },
};
