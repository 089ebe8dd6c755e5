import * as z from 'zod';
import { allowedTargetMistake, allowedTargetPattern } from './allowed-targets.ts';

/** Settings of webhooks, with their units and defaults. */
export const webhooksSettings = z.strictObject({
  timeoutSeconds: z
    .int()
    .min(1)
    .max(30)
    .default(15)
    .describe('Seconds that a receiver has for its whole answer, connecting included.'),
  retentionDays: z
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days that deliveries are kept on record, with payload and attempts.'),
  heldDays: z
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('Days that events are kept for an endpoint which is disabled.'),
  allowTargets: z
    .array(
      z
        .string()
        .regex(
          allowedTargetPattern,
          'must be a CIDR with ports, such as 10.0.0.0/8:443,8080-8090 or 127.0.0.1/32:*',
        )
        .superRefine((entry, check) => {
          const mistake = allowedTargetPattern.test(entry)
            ? allowedTargetMistake(entry)
            : undefined;
          if (mistake !== undefined) check.addIssue({ code: 'custom', message: mistake });
        }),
    )
    .default([])
    .describe(
      'Private addresses and further ports that endpoints may have, each `<CIDR>:<ports>`; http is allowed there. None by default.',
    ),
  caFile: z
    .string()
    .default('')
    .describe(
      'PEM file with certificate authorities of your own whose endpoints are trusted too; a path from the project’s root. None by default.',
    ),
});

export type WebhooksSettings = z.output<typeof webhooksSettings>;
