import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoCursorKey } from '../shared/dynamo/cursor-key.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler } from '../shared/http/api-handler.ts';
import { signedCursors } from '../shared/http/cursor.ts';
import { resourceTypes } from '../shared/http/schemas.ts';
import { randomUlid, systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { apiEnvironment } from './contract.ts';
import { CounterShards } from './counter-shards.ts';
import { DynamoErasureStore } from './dynamo-erasure-store.ts';
import { DynamoFollowStore } from './dynamo-follow-store.ts';
import { followsRoutes } from './routes.ts';

/** A follow that others keep from happening gives up before API Gateway does (30 s). */
const patienceMs = 20_000;

const environment = readEnvironment(apiEnvironment);
const tableName = environment.FOLLOWS_TABLE;
const client = newDocumentClient();

export const handler = apiHandler({
  routes: followsRoutes({
    writing: {
      store: new DynamoFollowStore(client, tableName),
      shards: new CounterShards(Math.random),
      pace: { now: systemClock, sleep, random: Math.random, patienceMs },
      newUlid: randomUlid,
    },
    erasures: {
      store: new DynamoErasureStore(client, tableName),
      parts: environment.ERASURE_PARTS,
      now: systemClock,
      newUlid: randomUlid,
    },
    cursors: signedCursors(dynamoCursorKey(client, tableName)),
    types: resourceTypes,
    onRepeat: environment.ON_REPEAT,
  }),
  log: newLog(),
  userType: environment.USER_TYPE,
});
