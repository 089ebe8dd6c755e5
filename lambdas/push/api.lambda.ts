import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes } from '../../config/content-types.ts';
import { pushRules } from '../../config/push-rules/index.ts';
import { pushTargets } from '../../config/push-targets.ts';
import { dynamoCursorKey } from '../shared/dynamo/cursor-key.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { dynamoIdempotencyStore } from '../shared/dynamo/dynamo-idempotency-store.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler } from '../shared/http/api-handler.ts';
import { signedCursors } from '../shared/http/cursor.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { dynamoContentStore } from './content/dynamo-content-store.ts';
import { s3BinaryStore } from './content/s3-binary-store.ts';
import { environments } from './contract.ts';
import { s3Exports } from './export/s3-exports.ts';
import { dynamoRowStore } from './queue/dynamo-row-store.ts';
import { pushRoutes } from './routes.ts';
import { ruleBook } from './rules/rule-book.ts';
import { dynamoRunStore } from './runs/dynamo-run-store.ts';
import { newS3Client } from './s3-client.ts';

/** API Gateway gives up after 30 s; what stores try again is within what routes try again. */
const patienceMs = 10_000;

const environment = readEnvironment(environments.api);
const client = newDocumentClient();
const s3 = newS3Client();
const table = environment.PUSH_TABLE;
const settings = environment.PUSH_SETTINGS;
const pace = { now: systemClock, sleep, random: Math.random, patienceMs };

export const handler = apiHandler({
  routes: pushRoutes({
    book: ruleBook(pushRules, pushTargets, settings.targets),
    content: dynamoContentStore(client, table),
    contentTypes,
    rows: dynamoRowStore(client, table, pace),
    runs: dynamoRunStore(client, table, { pace, newNonce: randomUUID }),
    binaries: s3BinaryStore(s3, environment.BINARIES_BUCKET),
    outbox: s3Exports(s3, environment.EXPORTS_BUCKET),
    jobs: sqsJobQueue(environment.WORK_QUEUE_URL),
    idempotency: dynamoIdempotencyStore(client, table, systemClock),
    cursors: signedCursors(dynamoCursorKey(client, table)),
    settings,
    pace,
    now: systemClock,
    newUlid: randomUlid,
  }),
  log: newLog(),
  userType: environment.USER_TYPE,
});
