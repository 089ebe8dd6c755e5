import * as z from 'zod';
import { convosSettings } from '../../lambdas/convos/settings.ts';
import { followsSettings } from '../../lambdas/follows/settings.ts';
import { pushSettings } from '../../lambdas/push/settings.ts';
import { timelinesSettings } from '../../lambdas/timelines/settings.ts';
import { webhooksSettings } from '../../lambdas/webhooks/settings.ts';

const months = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] as const;

/** Settings of the installation as a whole, with their units and defaults. */
const installationSettings = z.strictObject({
  namePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,20}$/, 'must be lower-case letters, digits and hyphens, at most 21')
    .default('sequitur')
    .describe('Begins the name of every stack: two installations in one account differ in it.'),
  logLevel: z
    .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])
    .default('INFO')
    .describe('Least level logged.'),
  logRetentionDays: z
    .literal(months)
    .default(30)
    .describe('Days that logs are kept; one of the values that CloudWatch Logs takes.'),
  retainData: z
    .boolean()
    .default(true)
    .describe(
      'Tables and buckets survive the deletion of their stack, tables protected against deletion.',
    ),
  corsOrigins: z
    .array(
      z
        .string()
        .regex(/^(\*|https?:\/\/[^/]+)$/, 'must be * or an origin such as https://example.org'),
    )
    .default([])
    .describe(
      'Origins whose pages may call the API and upload files from a browser; none by default.',
    ),
  alarmEmail: z
    .union([z.email(), z.literal('')])
    .default('')
    .describe('Who gets the alarms by mail; empty: subscribe to the alarm topic yourself.'),
});

const issuerWanted =
  'name the OIDC issuer whose tokens the API accepts, here or with -c sequitur:auth.issuer=https://...';

/** Resource type of callers unless the settings say otherwise. */
export const defaultUserType = 'user';

const authSettings = z.strictObject({
  issuer: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'must be the URL of an OIDC issuer')
    .optional()
    // What ships names none: each deployer has its own.
    .transform((issuer, context) => {
      if (issuer !== undefined) return issuer;
      context.addIssue({ code: 'custom', message: issuerWanted });
      return z.NEVER;
    })
    .describe('URL of the OIDC issuer whose tokens are accepted. Required.'),
  audience: z
    .string()
    .regex(
      /^\s*[^\s,][^,]*(,\s*[^\s,][^,]*)*$/,
      'must be an audience, or several with one comma between',
    )
    .default('sequitur')
    .describe('Audience (`aud`) that a token must name; several with commas between.'),
  userType: z
    .string()
    .default(defaultUserType)
    .describe('Resource type that the `sub` of a token is an id of.'),
});

/** Every setting, by domain. */
export const settingsSchema = z.strictObject({
  installation: installationSettings.prefault({}),
  auth: authSettings.prefault({}),
  follows: followsSettings.prefault({}),
  timelines: timelinesSettings.prefault({}),
  convos: convosSettings.prefault({}),
  webhooks: webhooksSettings.prefault({}),
  push: pushSettings.prefault({}),
});

export type SettingsInput = z.input<typeof settingsSchema>;
export type Settings = z.output<typeof settingsSchema>;

/** Names the settings that differ from their defaults. Checked by `defineConfig`'s reader at synth. */
export function defineSettings(settings: SettingsInput): SettingsInput {
  return settings;
}
