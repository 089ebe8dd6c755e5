import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { fifoHandler } from '../shared/fifo-handler.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { environments, laneJob } from './contract.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoLaneStore } from './dynamo-lane-store.ts';
import { laneJobQueue } from './lane-jobs.ts';
import { workLane } from './lane-worker.ts';
import { postJobQueue } from './post-jobs.ts';
import { postParts } from './dynamo-post-parts.ts';

/** The function's time-out is 60 s and a post's: the last post of a run has time to be recorded. */
const postsBeginWithinMs = 40_000;

const environment = readEnvironment(environments.lane);
const client = newDocumentClient();
const table = environment.WEBHOOKS_TABLE;
const parts = {
  hooks: new DynamoHookStore(client, table, systemClock),
  deliveries: dynamoDeliveryStore(client, table, systemClock),
  lanes: dynamoLaneStore(client, table),
  post: postParts(client, environment),
  postJobs: postJobQueue(environment.POST_QUEUE_URL),
  laneJobs: laneJobQueue(environment.LANE_QUEUE_URL),
  settings: environment.WEBHOOKS_SETTINGS,
  budgetMs: postsBeginWithinMs,
};

export const handler = fifoHandler({
  schema: laneJob,
  run: (hook, jobs) => workLane(parts, hook, jobs),
  log: newLog(),
});
