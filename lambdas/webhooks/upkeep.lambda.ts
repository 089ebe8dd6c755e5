import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { environments, upkeepJob } from './contract.ts';
import type { UpkeepJob } from './contract.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { dynamoUpkeepStore } from './dynamo-upkeep-store.ts';
import { upkeep } from './upkeep.ts';

const environment = readEnvironment(environments.upkeep);
const client = newDocumentClient();
const table = environment.WEBHOOKS_TABLE;
const parts = {
  hooks: new DynamoHookStore(client, table, systemClock),
  upkeep: dynamoUpkeepStore(client, table),
  jobs: sqsJobQueue<UpkeepJob>(environment.UPKEEP_QUEUE_URL),
  now: systemClock,
};

export const handler = queueHandler({
  schema: upkeepJob,
  run: (job) => upkeep(parts, job),
  log: newLog(),
});
