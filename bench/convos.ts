import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { UpkeepJob } from '../lambdas/convos/contract.ts';
import { dynamoBlockStore } from '../lambdas/convos/dynamo-block-store.ts';
import { dynamoConvoStore } from '../lambdas/convos/dynamo-convo-store.ts';
import { dynamoUpkeepStore } from '../lambdas/convos/dynamo-upkeep-store.ts';
import { nonceOf } from '../lambdas/convos/message.ts';
import { convosRoutes } from '../lambdas/convos/routes.ts';
import { convosSettings } from '../lambdas/convos/settings.ts';
import { dynamoCursorKey } from '../lambdas/shared/dynamo/cursor-key.ts';
import { apiHandler } from '../lambdas/shared/http/api-handler.ts';
import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../lambdas/shared/http/cursor.ts';
import { randomUlid, systemClock } from '../lambdas/shared/identifier.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { CollectedJobs } from './collected-jobs.ts';
import { tables } from './local-tables.ts';

/**
 * What the functions of convos work with, as their `*.lambda.ts` compose it, with the default settings;
 * the queue keeps what it is sent.
 */
export function convosParts(client: DynamoDBDocumentClient) {
  return {
    store: dynamoConvoStore(client, tables.convos),
    blocks: dynamoBlockStore(client, tables.convos),
    upkeep: dynamoUpkeepStore(client, tables.convos),
    cursors: signedCursors(dynamoCursorKey(client, tables.convos)),
    jobs: new CollectedJobs<UpkeepJob>(),
    pace: { now: systemClock, sleep, random: Math.random, patienceMs: 20_000 },
    newUlid: randomUlid,
    newNonce: () => nonceOf(randomUlid(0)),
    newThreadsPerHour: convosSettings.parse({}).newThreadsPerHour,
    now: systemClock,
  };
}

export type ConvosParts = ReturnType<typeof convosParts>;

/** The API of convos, as its `api.lambda.ts` composes it; nothing is logged. */
export function convosApi(parts: ConvosParts): HttpHandler {
  return apiHandler({ routes: convosRoutes(parts), log: silentLog(), userType: 'user' });
}
