import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../shared/identifier.ts';
import type { Log } from '../shared/log.ts';
import type { Meter } from '../shared/metrics.ts';
import { parseAllowedTargets } from './allowed-targets.ts';
import { postPatienceMs } from './contract.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoRateLimits } from './dynamo-rate-limits.ts';
import { kmsSecretOpener } from './kms-secret-opener.ts';
import type { PostParts } from './make-post.ts';
import { rememberedSecrets } from './remembered-secrets.ts';
import type { WebhooksSettings } from './settings.ts';
import { trustedCa } from './trusted-ca.ts';
import { UndiciPoster } from './undici-poster.ts';

/** Where a function that posts finds what it needs. */
export interface PostPlaces {
  client: DynamoDBDocumentClient;
  tableName: string;
  settings: WebhooksSettings;
  secretsKeyArn: string;
  /** File with further authorities; empty: none. */
  caFile: string;
  meter: Pick<Meter, 'count'>;
  log: Pick<Log, 'error'>;
}

/** What posting needs on AWS; connections and opened secrets last as long as the function instance. */
export function postParts(places: PostPlaces): PostParts {
  const { client, tableName, settings, secretsKeyArn, caFile, meter, log } = places;
  return {
    hooks: new DynamoHookStore(client, tableName, systemClock),
    limits: dynamoRateLimits(client, tableName),
    secrets: rememberedSecrets(kmsSecretOpener({ client, tableName }, secretsKeyArn)),
    poster: new UndiciPoster({
      allowed: parseAllowedTargets(settings.allowTargets),
      timeoutMs: settings.timeoutSeconds * 1000,
      now: systemClock,
      ca: trustedCa(caFile),
      onUnexplained: (error) =>
        log.error('post failed for an unknown reason', {
          error: error instanceof Error ? error : new Error(String(error)),
        }),
    }),
    timeoutSeconds: settings.timeoutSeconds,
    pace: { now: systemClock, sleep, random: Math.random, patienceMs: postPatienceMs },
    meter,
  };
}
