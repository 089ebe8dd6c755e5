import { dynamoFollowsRead } from '../follows/dynamo-follows-read.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { newMeter } from '../shared/metrics.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { chunkJob, environments } from './contract.ts';
import { dynamoPrivateTimelines } from './dynamo-private-timelines.ts';
import { dynamoPublicTimelines } from './dynamo-public-timelines.ts';
import { runChunk } from './fan-out-chunk.ts';
import { rememberedReads } from './remembered-reads.ts';

const environment = readEnvironment(environments.chunkWorker);
const client = newDocumentClient();
const meter = newMeter();
const privates = dynamoPrivateTimelines(client, environment.TIMELINES_TABLE);
const parts = {
  publics: dynamoPublicTimelines(client, environment.TIMELINES_TABLE),
  privates: {
    ...privates,
    lastReads: rememberedReads(privates, systemClock),
    writeCopies: async (copies: Parameters<typeof privates.writeCopies>[0]) => {
      await privates.writeCopies(copies);
      meter.count('FanOutRows', copies.length);
    },
  },
  follows: dynamoFollowsRead(client, environment.FOLLOWS_TABLE, resourceTypes),
  now: systemClock,
};

export const handler = meter.during(
  queueHandler({
    schema: chunkJob,
    run: (job) => runChunk(parts, job),
    log: newLog(),
  }),
);
