import { setTimeout as sleep } from 'node:timers/promises';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { environments, upkeepJob } from './contract.ts';
import type { UpkeepJob } from './contract.ts';
import { dynamoBlockStore } from './dynamo-block-store.ts';
import { dynamoConvoStore } from './dynamo-convo-store.ts';
import { dynamoUpkeepStore } from './dynamo-upkeep-store.ts';
import { upkeep } from './upkeep.ts';

/** Together with a run's own budget it stays below the function's time-out of 60 s. */
const patienceMs = 15_000;

const environment = readEnvironment(environments.upkeep);
const client = newDocumentClient();
const table = environment.CONVOS_TABLE;
const parts = {
  store: dynamoConvoStore(client, table),
  blocks: dynamoBlockStore(client, table),
  upkeep: dynamoUpkeepStore(client, table),
  jobs: sqsJobQueue<UpkeepJob>(environment.UPKEEP_QUEUE_URL),
  pace: { now: systemClock, sleep, random: Math.random, patienceMs },
  now: systemClock,
};

export const handler = queueHandler({
  schema: upkeepJob,
  run: (job) => upkeep(parts, job),
  log: newLog(),
});
