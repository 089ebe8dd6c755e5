import { actions } from '../../config/actions.ts';
import { dynamoFollowsRead } from '../follows/dynamo-follows-read.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { ActionCatalogue } from './action-catalogue.ts';
import { environments, upkeepJob } from './contract.ts';
import type { UpkeepJob } from './contract.ts';
import { dynamoPrivateTimelines } from './dynamo-private-timelines.ts';
import { dynamoPublicTimelines } from './dynamo-public-timelines.ts';
import { dynamoTimelineProgress } from './dynamo-timeline-progress.ts';
import { upkeep } from './upkeep.ts';

const environment = readEnvironment(environments.upkeep);
const client = newDocumentClient();
const table = environment.TIMELINES_TABLE;
const log = newLog();
const parts = {
  publics: dynamoPublicTimelines(client, table),
  privates: dynamoPrivateTimelines(client, table),
  progress: dynamoTimelineProgress(client, table),
  follows: dynamoFollowsRead(client, environment.FOLLOWS_TABLE, resourceTypes),
  catalogue: new ActionCatalogue(actions),
  jobs: sqsJobQueue<UpkeepJob>(environment.UPKEEP_QUEUE_URL),
  settings: environment.TIMELINES_SETTINGS,
  now: systemClock,
  log,
};

export const handler = queueHandler({
  schema: upkeepJob,
  run: (job) => upkeep(parts, job),
  log,
});
