import type { LifecycleRule } from '@aws-sdk/client-s3';
import * as z from 'zod';

/** The rule properties that this translates; another one fails instead of being lost. */
const ruleSchema = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().default(''),
  ExpirationInDays: z.number().optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: z.number() }).optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: z.number() }).optional(),
});

const configurationSchema = z.strictObject({ Rules: z.array(ruleSchema) });

/** Lifecycle rules as the S3 API takes them, from a template's `LifecycleConfiguration`. */
export function lifecycleRules(configuration: unknown): LifecycleRule[] {
  return configurationSchema
    .parse(configuration)
    .Rules.map(({ Id, Prefix, ExpirationInDays, ...same }) => ({
      ...same,
      ...(Id !== undefined && { ID: Id }),
      ...(ExpirationInDays !== undefined && { Expiration: { Days: ExpirationInDays } }),
      Filter: { Prefix },
    }));
}
