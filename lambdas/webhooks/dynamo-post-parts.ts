import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { systemClock } from '../shared/identifier.ts';
import { parseAllowedTargets } from './allowed-targets.ts';
import type { environments } from './contract.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoRateLimits } from './dynamo-rate-limits.ts';
import { kmsSecretBox } from './kms-secret-box.ts';
import type { PostParts } from './make-post.ts';
import { rememberedSecrets } from './remembered-secrets.ts';
import { trustedCa } from './trusted-ca.ts';
import { UndiciPoster } from './undici-poster.ts';

/** Together with the longest post it stays below the functions' time-out of 60 s. */
const patienceMs = 10_000;

/** What posting needs on AWS; connections and opened secrets last as long as the function instance. */
export function postParts(
  client: DynamoDBDocumentClient,
  environment: Pick<
    z.output<typeof environments.post>,
    'WEBHOOKS_TABLE' | 'WEBHOOKS_SETTINGS' | 'SECRETS_KEY_ARN' | 'TRUSTED_CA'
  >,
): PostParts {
  const { WEBHOOKS_TABLE: tableName, WEBHOOKS_SETTINGS: settings } = environment;
  return {
    hooks: new DynamoHookStore(client, tableName, systemClock),
    limits: dynamoRateLimits(client, tableName),
    secrets: rememberedSecrets(kmsSecretBox({ client, tableName }, environment.SECRETS_KEY_ARN)),
    poster: new UndiciPoster({
      allowed: parseAllowedTargets(settings.allowTargets),
      timeoutMs: settings.timeoutSeconds * 1000,
      now: systemClock,
      ca: trustedCa(environment.TRUSTED_CA),
    }),
    timeoutSeconds: settings.timeoutSeconds,
    pace: { now: systemClock, sleep, random: Math.random, patienceMs },
  };
}
