import { setTimeout as sleep } from 'node:timers/promises';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { erasureEnvironment, erasureMessage } from './contract.ts';
import type { EraseFollowsJob } from './contract.ts';
import { CounterShards } from './counter-shards.ts';
import { DynamoErasureStore } from './dynamo-erasure-store.ts';
import { DynamoFollowStore } from './dynamo-follow-store.ts';
import { eraseFollows } from './erase-follows.ts';
import { reportErasure } from './erase-resource.ts';

/** Together they stay below the function's time-out of 60 s: a run, and the last follow that it ends. */
const runMs = 30_000;
const patienceMs = 15_000;

const environment = readEnvironment(erasureEnvironment);
const client = newDocumentClient();
const erasures = new DynamoErasureStore(client, environment.FOLLOWS_TABLE);
const work = {
  store: new DynamoFollowStore(client, environment.FOLLOWS_TABLE),
  erasures,
  shards: new CounterShards(Math.random),
  pace: { now: systemClock, sleep, random: Math.random, patienceMs },
  jobs: sqsJobQueue<EraseFollowsJob>(environment.ERASURE_QUEUE_URL),
  types: resourceTypes,
  runMs,
};

export const handler = queueHandler({
  schema: erasureMessage,
  run: (message) =>
    'job' in message
      ? eraseFollows(work, message)
      : reportErasure({ store: erasures, now: systemClock }, message.detail.data),
  log: newLog(),
});
