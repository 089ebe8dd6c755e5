import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoCursorKey } from '../shared/dynamo/cursor-key.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler } from '../shared/http/api-handler.ts';
import { signedCursors } from '../shared/http/cursor.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { environments } from './contract.ts';
import { dynamoBlockStore } from './dynamo-block-store.ts';
import { dynamoConvoStore } from './dynamo-convo-store.ts';
import { nonceOf } from './message.ts';
import { convosRoutes } from './routes.ts';

/** A change that others keep from happening gives up before API Gateway does (30 s). */
const patienceMs = 20_000;

const environment = readEnvironment(environments.api);
const client = newDocumentClient();
const table = environment.CONVOS_TABLE;

export const handler = apiHandler({
  routes: convosRoutes({
    store: dynamoConvoStore(client, table),
    blocks: dynamoBlockStore(client, table),
    cursors: signedCursors(dynamoCursorKey(client, table)),
    pace: { now: systemClock, sleep, random: Math.random, patienceMs },
    newUlid: randomUlid,
    newNonce: () => nonceOf(randomUlid(0)),
    newThreadsPerHour: environment.CONVOS_SETTINGS.newThreadsPerHour,
  }),
  log: newLog(),
  userType: environment.USER_TYPE,
});
