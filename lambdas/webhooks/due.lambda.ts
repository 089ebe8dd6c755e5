import { setTimeout as sleep } from 'node:timers/promises';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { scheduleHandler } from '../shared/schedule-handler.ts';
import { environments } from './contract.ts';
import { sendDue } from './due.ts';
import { dynamoDeliveryStore } from './dynamo-delivery-store.ts';
import { postJobQueue } from './post-jobs.ts';

const environment = readEnvironment(environments.due);
const parts = {
  deliveries: dynamoDeliveryStore(newDocumentClient(), environment.WEBHOOKS_TABLE, systemClock),
  posts: postJobQueue(environment.POST_QUEUE_URL),
  pace: { now: systemClock, sleep },
};

export const handler = scheduleHandler({
  run: async (deadlineMs) => ({ sent: await sendDue(parts, deadlineMs) }),
  now: systemClock,
  log: newLog(),
});
