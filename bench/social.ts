import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { actions } from '../config/actions.ts';
import { CounterShards } from '../lambdas/follows/counter-shards.ts';
import { DynamoErasureStore } from '../lambdas/follows/dynamo-erasure-store.ts';
import { DynamoFollowStore } from '../lambdas/follows/dynamo-follow-store.ts';
import { dynamoFollowsRead } from '../lambdas/follows/dynamo-follows-read.ts';
import type { FollowWriting } from '../lambdas/follows/follow.ts';
import { followsRoutes } from '../lambdas/follows/routes.ts';
import { followsSettings } from '../lambdas/follows/settings.ts';
import { dynamoCursorKey } from '../lambdas/shared/dynamo/cursor-key.ts';
import { dynamoIdempotencyStore } from '../lambdas/shared/dynamo/dynamo-idempotency-store.ts';
import { apiHandler } from '../lambdas/shared/http/api-handler.ts';
import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../lambdas/shared/http/cursor.ts';
import { resourceTypes } from '../lambdas/shared/http/schemas.ts';
import { randomUlid, systemClock } from '../lambdas/shared/identifier.ts';
import { ActionCatalogue } from '../lambdas/timelines/action-catalogue.ts';
import type { ChunkJob, PlanJob, UpkeepJob } from '../lambdas/timelines/contract.ts';
import { dynamoPrivateTimelines } from '../lambdas/timelines/dynamo-private-timelines.ts';
import { dynamoPublicTimelines } from '../lambdas/timelines/dynamo-public-timelines.ts';
import { dynamoTimelineProgress } from '../lambdas/timelines/dynamo-timeline-progress.ts';
import type { ChunkParts } from '../lambdas/timelines/fan-out-chunk.ts';
import { rememberedReads } from '../lambdas/timelines/remembered-reads.ts';
import { timelineRoutes } from '../lambdas/timelines/routes.ts';
import { timelinesSettings } from '../lambdas/timelines/settings.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { CollectedJobs } from './collected-jobs.ts';
import { tables } from './local-tables.ts';

/** What the API of follows does in one instance of its function, as `api.lambda.ts` composes it. */
export function followWriting(client: DynamoDBDocumentClient): FollowWriting {
  return {
    store: new DynamoFollowStore(client, tables.follows),
    shards: new CounterShards(Math.random),
    pace: { now: systemClock, sleep, random: Math.random, patienceMs: 20_000 },
    newUlid: randomUlid,
  };
}

/** The API of follows over these tables, as its `api.lambda.ts` composes it; nothing is logged. */
export function followsApi(client: DynamoDBDocumentClient): HttpHandler {
  return apiHandler({
    routes: followsRoutes({
      writing: followWriting(client),
      erasures: {
        store: new DynamoErasureStore(client, tables.follows),
        parts: ['follows', 'timelines'],
        now: systemClock,
        newUlid: randomUlid,
      },
      cursors: signedCursors(dynamoCursorKey(client, tables.follows)),
      types: resourceTypes,
      ...followsSettings.parse({}),
    }),
    log: silentLog(),
    userType: 'user',
  });
}

/**
 * What the functions of timelines work with, as their `*.lambda.ts` compose it, with the default
 * settings; queues keep what they are sent.
 */
export function timelinesParts(client: DynamoDBDocumentClient) {
  return {
    publics: dynamoPublicTimelines(client, tables.timelines),
    privates: dynamoPrivateTimelines(client, tables.timelines),
    progress: dynamoTimelineProgress(client, tables.timelines),
    follows: dynamoFollowsRead(client, tables.follows, resourceTypes),
    idempotency: dynamoIdempotencyStore(client, tables.timelines, systemClock),
    cursors: signedCursors(dynamoCursorKey(client, tables.timelines)),
    jobs: new CollectedJobs<UpkeepJob>(),
    plans: new CollectedJobs<PlanJob>(),
    chunks: new CollectedJobs<ChunkJob>(),
    catalogue: new ActionCatalogue(actions),
    targetTypes: resourceTypes,
    settings: timelinesSettings.parse({}),
    now: systemClock,
    newUlid: randomUlid,
    log: silentLog(),
  };
}

export type TimelinesParts = ReturnType<typeof timelinesParts>;

/** What one instance of the chunk worker works with, as `chunk-worker.lambda.ts` composes it. */
export function chunkParts({ publics, privates, follows, now }: TimelinesParts): ChunkParts {
  return {
    publics,
    privates: { ...privates, lastReads: rememberedReads(privates, now) },
    follows,
    now,
  };
}

/** The API of timelines, as its `api.lambda.ts` composes it. */
export function timelinesApi(parts: TimelinesParts): HttpHandler {
  return apiHandler({ routes: timelineRoutes(parts), log: parts.log, userType: 'user' });
}
