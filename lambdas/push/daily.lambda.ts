import { setTimeout as sleep } from 'node:timers/promises';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { scheduleHandler } from '../shared/schedule-handler.ts';
import { environments } from './contract.ts';
import { s3Exports } from './export/s3-exports.ts';
import { cleanDaily } from './clean-daily.ts';
import { dynamoRowStore } from './queue/dynamo-row-store.ts';
import { newS3Client } from './s3-client.ts';

/** The run has minutes; what it leaves is the next day's. */
const patienceMs = 30_000;

const environment = readEnvironment(environments.daily);
const parts = {
  rows: dynamoRowStore(newDocumentClient(), environment.PUSH_TABLE, {
    now: systemClock,
    sleep,
    random: Math.random,
    patienceMs,
  }),
  outbox: s3Exports(newS3Client(), environment.EXPORTS_BUCKET),
  settings: environment.PUSH_SETTINGS,
  now: systemClock,
};

export const handler = scheduleHandler({
  run: (deadlineMs) => cleanDaily(parts, deadlineMs),
  now: systemClock,
  log: newLog(),
});
