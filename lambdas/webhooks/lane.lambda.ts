import { sqsDeleteMessages } from '../shared/delete-messages.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { fifoHandler } from '../shared/fifo-handler.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { newMeter } from '../shared/metrics.ts';
import { environments, laneJob, lanePostsBeginWithinMs } from './contract.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoLaneStore } from './dynamo-lane-store.ts';
import { laneJobQueue } from './lane-jobs.ts';
import { workLane } from './lane-worker.ts';
import { postJobQueue } from './post-jobs.ts';
import { postParts } from './dynamo-post-parts.ts';

const environment = readEnvironment(environments.lane);
const client = newDocumentClient();
const tableName = environment.WEBHOOKS_TABLE;
const settings = environment.WEBHOOKS_SETTINGS;
const meter = newMeter();
const log = newLog();
const parts = {
  hooks: new DynamoHookStore(client, tableName, systemClock),
  deliveries: dynamoDeliveryStore(client, tableName, systemClock),
  lanes: dynamoLaneStore(client, tableName),
  post: postParts({
    client,
    tableName,
    settings,
    secretsKeyArn: environment.SECRETS_KEY_ARN,
    caFile: environment.TRUSTED_CA,
    meter,
    log,
  }),
  postJobs: postJobQueue(environment.POST_QUEUE_URL),
  laneJobs: laneJobQueue(environment.LANE_QUEUE_URL),
  settings,
  budgetMs: lanePostsBeginWithinMs,
};

export const handler = meter.during(
  fifoHandler({
    schema: laneJob,
    run: (hook, jobs) => workLane(parts, hook, jobs),
    log,
    deleteMessages: sqsDeleteMessages(environment.LANE_QUEUE_URL),
  }),
);
