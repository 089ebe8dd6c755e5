import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes } from '../../config/content-types.ts';
import { pushRules } from '../../config/push-rules/index.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { newLog } from '../shared/log.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { dynamoContentStore } from './content/dynamo-content-store.ts';
import { s3BinaryStore } from './content/s3-binary-store.ts';
import { environments, selectJob } from './contract.ts';
import { dynamoRowStore } from './queue/dynamo-row-store.ts';
import { followChange } from './rules/follow-change.ts';
import { newS3Client } from './s3-client.ts';

/** Beside the 10 s of rules well below the function's time-out of 60 s. */
const patienceMs = 20_000;

const environment = readEnvironment(environments.select);
const client = newDocumentClient();
const table = environment.PUSH_TABLE;
const parts = {
  content: dynamoContentStore(client, table),
  rows: dynamoRowStore(client, table, {
    now: systemClock,
    sleep,
    random: Math.random,
    patienceMs,
  }),
  binaries: s3BinaryStore(newS3Client(), environment.BINARIES_BUCKET),
  rules: pushRules,
  types: contentTypes.map(({ type }) => type),
  pace: {
    now: systemClock,
    wait: async (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  },
};

export const handler = queueHandler({
  schema: selectJob,
  run: (job) => followChange(parts, job),
  log: newLog(),
});
