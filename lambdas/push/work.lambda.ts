import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { pushRules } from '../../config/push-rules/index.ts';
import { pushSenders } from '../../config/push-senders.ts';
import { pushTargets } from '../../config/push-targets.ts';
import { clientSettings } from '../shared/aws-client.ts';
import { newDocumentClient } from '../shared/dynamo/document-client.ts';
import { readEnvironment } from '../shared/environment.ts';
import { systemClock } from '../shared/identifier.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { newMeter } from '../shared/metrics.ts';
import { queueHandler } from '../shared/queue-handler.ts';
import { contentReader } from './content/content-reader.ts';
import { dynamoContentStore } from './content/dynamo-content-store.ts';
import { environments, workJob } from './contract.ts';
import { exporter } from './export/rule-exporter.ts';
import { s3Outbox } from './export/s3-outbox.ts';
import { dynamoRowStore } from './queue/dynamo-row-store.ts';
import { ruleBook } from './rules/rule-book.ts';
import { dynamoLaneStore } from './runs/dynamo-lane-store.ts';
import { dynamoRunStore } from './runs/dynamo-run-store.ts';
import { newS3Client } from './s3-client.ts';
import { SecretsManagerSecretReader } from './send/secrets-manager-secret-reader.ts';
import { shippedSenders } from './send/shipped-senders.ts';
import { connector } from './send/target-connector.ts';
import { work } from './worker/work.ts';

/** Shorter than the time in which a lane is lost. */
const patienceMs = 20_000;

const environment = readEnvironment(environments.work);
const client = newDocumentClient();
const table = environment.PUSH_TABLE;
const settings = environment.PUSH_SETTINGS;
const folder = join(import.meta.dirname, environment.PUSH_FILES);
const pace = { now: systemClock, sleep, random: Math.random, patienceMs };
const meter = newMeter();
const log = newLog();
const content = dynamoContentStore(client, table);
const outbox = s3Outbox(newS3Client(), {
  exports: environment.EXPORTS_BUCKET,
  binaries: environment.BINARIES_BUCKET,
});
const parts = {
  book: ruleBook(pushRules, pushTargets, settings.targets),
  rows: dynamoRowStore(client, table, pace),
  runs: dynamoRunStore(client, table, { pace, newNonce: randomUUID }),
  lanes: dynamoLaneStore(client, table, randomUUID),
  jobs: sqsJobQueue(environment.WORK_QUEUE_URL),
  outbox,
  exporter: exporter({ content, outbox, folder }),
  connector: connector({
    senders: [...pushSenders, ...shippedSenders],
    secrets: new SecretsManagerSecretReader(new SecretsManagerClient(clientSettings)),
    readCa: (caFile) => readFile(join(folder, caFile), 'utf8'),
    timeoutMs: settings.timeoutSeconds * 1_000,
    now: systemClock,
  }),
  tools: { content: contentReader(content) },
  settings,
  meter,
  log,
  now: systemClock,
  random: Math.random,
  pause: async (ms: number, signal?: AbortSignal) => {
    // A signal ends the pause; what it means is the business of whoever gave it.
    await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
  },
};

export const handler = meter.during(
  queueHandler({ schema: workJob, run: (job) => work(parts, job), log }),
);
