import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pushRules } from '../../config/push-rules/index.ts';
import { pushTargets } from '../../config/push-targets.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { newMeter } from '../shared/metrics.ts';
import { scheduleHandler } from '../shared/schedule-handler.ts';
import { environments } from './contract.ts';
import { dynamoRowStore } from './queue/dynamo-row-store.ts';
import { ruleBook } from './rules/rule-book.ts';
import { dynamoLaneStore } from './runs/dynamo-lane-store.ts';
import { dynamoRunStore } from './runs/dynamo-run-store.ts';
import { everyMinute } from './runs/every-minute.ts';

/** Well below the minute after which the next run comes. */
const patienceMs = 10_000;

const environment = readEnvironment(environments.minute);
const client = newDocumentClient();
const table = environment.PUSH_TABLE;
const settings = environment.PUSH_SETTINGS;
const pace = { now: systemClock, sleep, random: Math.random, patienceMs };
const meter = newMeter();
const parts = {
  book: ruleBook(pushRules, pushTargets, settings.targets),
  rows: dynamoRowStore(client, table, pace),
  runs: dynamoRunStore(client, table, { pace, newNonce: randomUUID }),
  lanes: dynamoLaneStore(client, table, randomUUID),
  jobs: sqsJobQueue(environment.WORK_QUEUE_URL),
  settings,
  meter,
  now: systemClock,
  newUlid: randomUlid,
};

export const handler = meter.during(
  scheduleHandler({ run: () => everyMinute(parts), now: systemClock, log: newLog() }),
);
