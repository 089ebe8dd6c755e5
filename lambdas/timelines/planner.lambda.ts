import { dynamoFollowsRead } from '../follows/dynamo-follows-read.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { environments, planJob } from './contract.ts';
import type { ChunkJob, PlanJob } from './contract.ts';
import { dynamoPrivateTimelines } from './dynamo-private-timelines.ts';
import { dynamoPublicTimelines } from './dynamo-public-timelines.ts';
import { dynamoTimelineProgress } from './dynamo-timeline-progress.ts';
import { plan } from './fan-out-planner.ts';

const environment = readEnvironment(environments.planner);
const client = newDocumentClient();
const table = environment.TIMELINES_TABLE;
const parts = {
  publics: dynamoPublicTimelines(client, table),
  privates: dynamoPrivateTimelines(client, table),
  progress: dynamoTimelineProgress(client, table),
  follows: dynamoFollowsRead(client, environment.FOLLOWS_TABLE, resourceTypes),
  plans: sqsJobQueue<PlanJob>(environment.PLAN_QUEUE_URL),
  chunks: sqsJobQueue<ChunkJob>(environment.CHUNK_QUEUE_URL),
  settings: environment.TIMELINES_SETTINGS,
  now: systemClock,
};

export const handler = queueHandler({
  schema: planJob,
  run: (job) => plan(parts, job),
  log: newLog(),
});
