import * as z from 'zod';

/** Settings of push, with their units and defaults. */
export const pushSettings = z.strictObject({
  maxAttempts: z
    .int()
    .min(1)
    .max(10)
    .default(5)
    .describe('Tries to send the files of a push, with 1 s, 2 s, 4 s ... between them.'),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(30)
    .describe('Seconds of silence after which a target’s server counts as dead.'),
  maxAgeSeconds: z
    .int()
    .min(1)
    .max(365 * 86_400)
    .default(30 * 86_400)
    .describe(
      'Seconds after which what was pushed leaves the queue, and exported files are deleted; looked for daily.',
    ),
  checkOldAgeSeconds: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(600)
    .describe('Seconds that a push may wait before the check calls the queue late.'),
  checkTooOldAgeSeconds: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(1_800)
    .describe(
      'Seconds that a push may wait before the check calls the queue too late, which is an alarm.',
    ),
  targets: z
    .record(
      z.string(),
      z.strictObject({
        url: z.string().optional(),
        secret: z.string().optional(),
        hostKeys: z.array(z.string()).optional(),
        caFile: z.string().optional(),
      }),
    )
    .default({})
    .describe(
      'What differs from config/push-targets.ts in this installation, by target: url, secret, hostKeys, caFile. A staging installation pushes to other servers.',
    ),
  vpc: z
    .strictObject({
      vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'must be the id of a VPC, such as vpc-0abc'),
      availabilityZones: z.array(z.string().min(1)).min(1),
      privateSubnetIds: z
        .array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be the id of a subnet'))
        .min(1),
      securityGroupIds: z
        .array(z.string().regex(/^sg-[0-9a-f]+$/, 'must be the id of a security group'))
        .min(1),
    })
    .nullable()
    .default(null)
    .describe(
      'Where the function that sends runs, so that it leaves by your NAT gateway’s address. None by default.',
    ),
});

export type PushSettings = z.output<typeof pushSettings>;
