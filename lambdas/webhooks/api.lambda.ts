import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventTypes } from '../../config/event-types.ts';
import { dynamoCursorKey } from '../shared/dynamo/cursor-key.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { dynamoIdempotencyStore } from '../shared/dynamo/dynamo-idempotency-store.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler } from '../shared/http/api-handler.ts';
import { signedCursors } from '../shared/http/cursor.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { parseAllowedTargets } from './allowed-targets.ts';
import { environments } from './contract.ts';
import { dynamoCustomEventStore } from './dynamo-custom-event-store.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoLaneStore } from './dynamo-lane-store.ts';
import { EventTypes } from './event-types.ts';
import { kmsSecretBox } from './kms-secret-box.ts';
import { laneJobQueue } from './lane-jobs.ts';
import { postJobQueue } from './post-jobs.ts';
import { webhooksRoutes } from './routes.ts';
import { newSecret } from './signature.ts';

/** A change that others keep from happening gives up before API Gateway does (30 s). */
const patienceMs = 20_000;

const environment = readEnvironment(environments.api);
const client = newDocumentClient();
const tableName = environment.WEBHOOKS_TABLE;
const settings = environment.WEBHOOKS_SETTINGS;

export const handler = apiHandler({
  routes: webhooksRoutes({
    hooks: new DynamoHookStore(client, tableName, systemClock),
    deliveries: dynamoDeliveryStore(client, tableName, systemClock),
    lanes: dynamoLaneStore(client, tableName),
    events: dynamoCustomEventStore(client, tableName),
    secrets: kmsSecretBox({ client, tableName }, environment.SECRETS_KEY_ARN),
    idempotency: dynamoIdempotencyStore(client, tableName, systemClock),
    cursors: signedCursors(dynamoCursorKey(client, tableName)),
    postJobs: postJobQueue(environment.POST_QUEUE_URL),
    laneJobs: laneJobQueue(environment.LANE_QUEUE_URL),
    eventTypes: new EventTypes(eventTypes),
    allowed: parseAllowedTargets(settings.allowTargets),
    retentionDays: settings.retentionDays,
    pace: { now: systemClock, sleep, random: Math.random, patienceMs },
    now: systemClock,
    newUlid: randomUlid,
    newSecret: () => newSecret(randomBytes),
  }),
  log: newLog(),
  userType: environment.USER_TYPE,
});
