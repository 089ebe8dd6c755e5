import { setTimeout as sleep } from 'node:timers/promises';
import { eventTypes } from '../../config/event-types.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { busEventOf, busMessage } from './bus-event.ts';
import { environments } from './contract.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { DynamoHookStore } from './dynamo-hook-store.ts';
import { laneJobQueue } from './lane-jobs.ts';
import { match } from './matcher.ts';
import { postJobQueue } from './post-jobs.ts';

/** Well below the function's time-out of 60 s. */
const patienceMs = 20_000;

const environment = readEnvironment(environments.matcher);
const client = newDocumentClient();
const table = environment.WEBHOOKS_TABLE;
const parts = {
  hooks: new DynamoHookStore(client, table, systemClock),
  deliveries: dynamoDeliveryStore(client, table, systemClock),
  posts: postJobQueue(environment.POST_QUEUE_URL),
  lanes: laneJobQueue(environment.LANE_QUEUE_URL),
  settings: environment.WEBHOOKS_SETTINGS,
  pace: { now: systemClock, sleep, random: Math.random, patienceMs },
};

export const handler = queueHandler({
  schema: busMessage,
  run: (message) => match(parts, busEventOf(message, eventTypes)),
  log: newLog(),
});
