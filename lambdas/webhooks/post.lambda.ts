import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { newMeter } from '../shared/metrics.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { environments, postJob } from './contract.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { laneJobQueue } from './lane-jobs.ts';
import { postJobQueue } from './post-jobs.ts';
import { postParts } from './dynamo-post-parts.ts';
import { work } from './post-worker.ts';

const environment = readEnvironment(environments.post);
const client = newDocumentClient();
const tableName = environment.WEBHOOKS_TABLE;
const settings = environment.WEBHOOKS_SETTINGS;
const meter = newMeter();
const log = newLog();
const parts = {
  ...postParts({
    client,
    tableName,
    settings,
    secretsKeyArn: environment.SECRETS_KEY_ARN,
    caFile: environment.TRUSTED_CA,
    meter,
    log,
  }),
  deliveries: dynamoDeliveryStore(client, tableName, systemClock),
  posts: postJobQueue(environment.POST_QUEUE_URL),
  lanes: laneJobQueue(environment.LANE_QUEUE_URL),
  settings,
};

export const handler = meter.during(
  queueHandler({
    schema: postJob,
    run: (job) => work(parts, job),
    log,
  }),
);
