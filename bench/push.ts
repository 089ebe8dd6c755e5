import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { contentTypes } from '../config/content-types.ts';
import { partnerStories } from '../config/push-rules/partner-stories/rule.ts';
import { contentReader } from '../lambdas/push/content/content-reader.ts';
import { dynamoContentStore } from '../lambdas/push/content/dynamo-content-store.ts';
import type { WorkJob } from '../lambdas/push/contract.ts';
import { exporter } from '../lambdas/push/export/rule-exporter.ts';
import { dynamoRowStore } from '../lambdas/push/queue/dynamo-row-store.ts';
import { pushRoutes } from '../lambdas/push/routes.ts';
import { ruleBook } from '../lambdas/push/rules/rule-book.ts';
import { dynamoLaneStore } from '../lambdas/push/runs/dynamo-lane-store.ts';
import { dynamoRunStore } from '../lambdas/push/runs/dynamo-run-store.ts';
import { shippedSenders } from '../lambdas/push/send/shipped-senders.ts';
import { connector } from '../lambdas/push/send/target-connector.ts';
import { pushSettings } from '../lambdas/push/settings.ts';
import { definePushTarget } from '../lambdas/shared/define/push-target.ts';
import { dynamoCursorKey } from '../lambdas/shared/dynamo/cursor-key.ts';
import { dynamoIdempotencyStore } from '../lambdas/shared/dynamo/dynamo-idempotency-store.ts';
import { apiHandler } from '../lambdas/shared/http/api-handler.ts';
import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../lambdas/shared/http/cursor.ts';
import { randomUlid, systemClock } from '../lambdas/shared/identifier.ts';
import { InMemoryBinaryStore } from '../test/support/push/in-memory-binary-store.ts';
import { InMemoryOutbox } from '../test/support/push/in-memory-outbox.ts';
import type { PushStores } from '../test/support/push/stores.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { CollectedJobs } from './collected-jobs.ts';

const folder = join(import.meta.dirname, '../config/push-rules');

const pace = { now: systemClock, sleep, random: Math.random, patienceMs: 20_000 };

/** Takes all files and keeps none; one worker at a time. */
const nowhere = definePushTarget({ name: 'nowhere', url: 'dummy://nowhere/', concurrency: 1 });

/** The example rule with its template and checks, for that target alone. */
export const rule = { ...partnerStories, targets: [nowhere.name] };

const settings = pushSettings.parse({});

/** The stores of push in a table, as its functions make them. */
export function pushStores(client: DynamoDBDocumentClient, tableName: string): PushStores {
  return {
    content: dynamoContentStore(client, tableName),
    rows: dynamoRowStore(client, tableName, pace),
    runs: dynamoRunStore(client, tableName, { pace, newNonce: randomUUID }),
    lanes: dynamoLaneStore(client, tableName, randomUUID),
  };
}

/**
 * What the functions of push work with, as their `*.lambda.ts` compose it, with the example rule and a
 * target that keeps nothing. The queue keeps what it is sent; exported and uploaded files are in memory.
 */
export function pushParts({ content, ...stores }: PushStores) {
  const outbox = new InMemoryOutbox(new Map());
  return {
    ...stores,
    content,
    outbox,
    binaries: new InMemoryBinaryStore(),
    jobs: new CollectedJobs<WorkJob>(),
    book: ruleBook([rule], [nowhere], {}),
    rules: [rule],
    contentTypes,
    types: contentTypes.map(({ type }) => type),
    tools: { content: contentReader(content) },
    exporter: exporter({ content, outbox, folder }),
    connector: connector({
      senders: shippedSenders,
      secrets: { read: () => Promise.resolve(undefined) },
      readCa: () => Promise.reject(new Error('the target has no authority of its own')),
      timeoutMs: settings.timeoutSeconds * 1_000,
      now: systemClock,
    }),
    settings,
    meter: { count: () => undefined, gauge: () => undefined },
    log: silentLog(),
    pace: {
      ...pace,
      wait: async (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
    },
    pause: async (milliseconds: number, signal?: AbortSignal) => {
      // A signal ends the pause.
      await sleep(milliseconds, undefined, signal && { signal }).catch(() => undefined);
    },
    random: Math.random,
    newUlid: randomUlid,
    now: systemClock,
  };
}

export type PushParts = ReturnType<typeof pushParts>;

/** The API of push over a table; nothing is logged. */
export function pushApi(
  parts: PushParts,
  { client, tableName }: { client: DynamoDBDocumentClient; tableName: string },
): HttpHandler {
  const idempotency = dynamoIdempotencyStore(client, tableName, systemClock);
  const cursors = signedCursors(dynamoCursorKey(client, tableName));
  return apiHandler({
    routes: pushRoutes({ ...parts, idempotency, cursors }),
    log: silentLog(),
    userType: 'user',
  });
}
