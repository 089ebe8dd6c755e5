import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes } from '../../config/content-types.ts';
import type { ContentType } from '../shared/define/content-type.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { arrivalMessage } from './content/arrival-message.ts';
import { binaryArrived } from './content/binary-arrival.ts';
import { dynamoContentStore } from './content/dynamo-content-store.ts';
import { s3BinaryStore } from './content/s3-binary-store.ts';
import { environments } from './contract.ts';
import { newS3Client } from './s3-client.ts';

/** Besides, a large file takes minutes to be read. */
const patienceMs = 20_000;

const environment = readEnvironment(environments.arrival);
const parts = {
  content: dynamoContentStore(newDocumentClient(), environment.PUSH_TABLE),
  binaries: s3BinaryStore(newS3Client(), environment.BINARIES_BUCKET),
  types: new Map<string, ContentType>(contentTypes.map((declared) => [declared.type, declared])),
  pace: { now: systemClock, sleep, random: Math.random, patienceMs },
};

export const handler = queueHandler({
  schema: arrivalMessage,
  run: async (keys) => {
    for (const key of keys) await binaryArrived(parts, key);
  },
  log: newLog(),
});
