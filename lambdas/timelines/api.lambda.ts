import { actions } from '../../config/actions.ts';
import { dynamoFollowsRead } from '../follows/dynamo-follows-read.ts';
import { dynamoCursorKey } from '../shared/dynamo/cursor-key.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { dynamoIdempotencyStore } from '../shared/dynamo/dynamo-idempotency-store.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler } from '../shared/http/api-handler.ts';
import { signedCursors } from '../shared/http/cursor.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { ActionCatalogue } from './action-catalogue.ts';
import { environments } from './contract.ts';
import type { UpkeepJob } from './contract.ts';
import { dynamoPrivateTimelines } from './dynamo-private-timelines.ts';
import { dynamoPublicTimelines } from './dynamo-public-timelines.ts';
import { dynamoTimelineProgress } from './dynamo-timeline-progress.ts';
import { timelineRoutes } from './routes.ts';

const environment = readEnvironment(environments.api);
const client = newDocumentClient();
const table = environment.TIMELINES_TABLE;
const log = newLog();

export const handler = apiHandler({
  routes: timelineRoutes({
    publics: dynamoPublicTimelines(client, table),
    privates: dynamoPrivateTimelines(client, table),
    progress: dynamoTimelineProgress(client, table),
    follows: dynamoFollowsRead(client, environment.FOLLOWS_TABLE, resourceTypes),
    idempotency: dynamoIdempotencyStore(client, table, systemClock),
    cursors: signedCursors(dynamoCursorKey(client, table)),
    jobs: sqsJobQueue<UpkeepJob>(environment.UPKEEP_QUEUE_URL),
    catalogue: new ActionCatalogue(actions),
    targetTypes: resourceTypes,
    settings: environment.TIMELINES_SETTINGS,
    now: systemClock,
    newUlid: randomUlid,
    log,
  }),
  log,
  userType: environment.USER_TYPE,
});
