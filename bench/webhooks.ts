import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { eventTypes } from '../config/event-types.ts';
import { dynamoCursorKey } from '../lambdas/shared/dynamo/cursor-key.ts';
import { dynamoIdempotencyStore } from '../lambdas/shared/dynamo/dynamo-idempotency-store.ts';
import { apiHandler } from '../lambdas/shared/http/api-handler.ts';
import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../lambdas/shared/http/cursor.ts';
import { randomUlid, systemClock } from '../lambdas/shared/identifier.ts';
import type { JobQueue } from '../lambdas/shared/job-queue.ts';
import type { Pace } from '../lambdas/shared/persist.ts';
import { parseAllowedTargets } from '../lambdas/webhooks/allowed-targets.ts';
import type { LaneJob, PostJob } from '../lambdas/webhooks/contract.ts';
import { deliveryRoutes } from '../lambdas/webhooks/delivery-routes.ts';
import { dynamoCustomEventStore } from '../lambdas/webhooks/dynamo-custom-event-store.ts';
import { dynamoDeliveryStore } from '../lambdas/webhooks/dynamo-delivery-store.ts';
import { DynamoHookStore } from '../lambdas/webhooks/dynamo-hook-store.ts';
import { dynamoLaneStore } from '../lambdas/webhooks/dynamo-lane-store.ts';
import { dynamoRateLimits } from '../lambdas/webhooks/dynamo-rate-limits.ts';
import { eventRoutes } from '../lambdas/webhooks/event-routes.ts';
import { EventTypes } from '../lambdas/webhooks/event-types.ts';
import { hookRoutes } from '../lambdas/webhooks/hook-routes.ts';
import { kmsSecretBox } from '../lambdas/webhooks/kms-secret-box.ts';
import type { LaneParts } from '../lambdas/webhooks/lane-run.ts';
import type { PostParts } from '../lambdas/webhooks/make-post.ts';
import type { MatcherParts } from '../lambdas/webhooks/matcher.ts';
import type { PostWorkerParts } from '../lambdas/webhooks/post-worker.ts';
import type { Poster } from '../lambdas/webhooks/poster.ts';
import { rememberedSecrets } from '../lambdas/webhooks/remembered-secrets.ts';
import { webhooksSettings } from '../lambdas/webhooks/settings.ts';
import { newSecret } from '../lambdas/webhooks/signature.ts';
import { UndiciPoster } from '../lambdas/webhooks/undici-poster.ts';
import { fakeKms } from '../test/support/fake-kms.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { CollectedJobs } from './collected-jobs.ts';
import { tables } from './local-tables.ts';

const secretsKey = 'arn:aws:kms:us-east-1:123456789012:key/secrets';
const kms = fakeKms(secretsKey);

/** The receivers of the bench are on this machine. */
const settings = webhooksSettings.parse({ allowTargets: ['127.0.0.1/32:*'] });

const pace: Pace = { now: systemClock, sleep, random: Math.random, patienceMs: 20_000 };

const allowed = parseAllowedTargets(settings.allowTargets);

/** Time of a run of the lane worker in which posts begin. */
const laneBudgetMs = 40_000;

/**
 * What the functions of webhooks work with, as their `*.lambda.ts` compose it; queues keep what they are
 * sent, and KMS is a stand-in that encrypts here.
 */
export function webhooksParts(client: DynamoDBDocumentClient) {
  const table = { client, tableName: tables.webhooks };
  return {
    hooks: new DynamoHookStore(client, tables.webhooks, systemClock),
    deliveries: dynamoDeliveryStore(client, tables.webhooks, systemClock),
    lanes: dynamoLaneStore(client, tables.webhooks),
    events: dynamoCustomEventStore(client, tables.webhooks),
    limits: dynamoRateLimits(client, tables.webhooks),
    idempotency: dynamoIdempotencyStore(client, tables.webhooks, systemClock),
    cursors: signedCursors(dynamoCursorKey(client, tables.webhooks)),
    secrets: rememberedSecrets(kmsSecretBox(table, secretsKey, kms)),
    postJobs: new CollectedJobs<PostJob>(),
    laneJobs: new CollectedJobs<LaneJob>(),
    eventTypes: new EventTypes(eventTypes),
    allowed,
    newUlid: randomUlid,
    newSecret: () => newSecret(randomBytes),
    retentionDays: settings.retentionDays,
    pace,
    now: systemClock,
  };
}

export type WebhooksParts = ReturnType<typeof webhooksParts>;

/** The API of webhooks; nothing is logged. */
export function webhooksApi(parts: WebhooksParts): HttpHandler {
  return apiHandler({
    routes: [...deliveryRoutes(parts), ...hookRoutes(parts), ...eventRoutes(parts)],
    log: silentLog(),
    userType: 'user',
  });
}

export function matcherParts(parts: WebhooksParts): MatcherParts {
  return { ...parts, posts: parts.postJobs, lanes: parts.laneJobs, settings };
}

/** What posting needs: the same for the post worker and the lane worker. It counts nothing. */
type Posting = Pick<PostWorkerParts, 'hooks' | 'limits' | 'secrets' | 'poster'>;

function postParts({ hooks, limits, secrets, poster }: Posting): PostParts {
  const { timeoutSeconds } = settings;
  return {
    hooks,
    limits,
    secrets,
    poster,
    timeoutSeconds,
    pace,
    meter: { count: () => undefined },
  };
}

/** What the post worker works with. */
export function postWorkerParts(
  parts: Posting & Pick<PostWorkerParts, 'deliveries'>,
  posts: JobQueue<PostJob>,
  lanes: JobQueue<LaneJob>,
): PostWorkerParts {
  const { deliveries } = parts;
  return { ...postParts(parts), deliveries, posts, lanes, settings };
}

export function laneParts(parts: WebhooksParts, poster: Poster): LaneParts {
  const post = postParts({ ...parts, poster });
  return { ...parts, post, settings, budgetMs: laneBudgetMs };
}

/** A poster as the workers have it, with connections of its own. */
export function newPoster(): Poster {
  return new UndiciPoster({
    allowed,
    timeoutMs: settings.timeoutSeconds * 1000,
    now: systemClock,
  });
}
