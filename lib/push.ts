import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { indexes, relayedChanges } from '../lambdas/push/contract.ts';
import type { environments } from '../lambdas/push/contract.ts';
import { userAlarm } from './alarms.ts';
import { grantListing, grantObjects } from './bucket-grants.ts';
import type { Core } from './core.ts';
import { dataBucket, tellOfObjects } from './data-bucket.ts';
import { dataTable } from './data-table.ts';
import { apiFunction } from './functions/api-function.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { ScheduleFunction } from './functions/schedule-function.ts';
import { StreamFunction } from './functions/stream-function.ts';
import { ownGauge } from './own-metrics.ts';
import { pushWorker } from './push-worker.ts';
import { grantIndexes, grantItems } from './table-grants.ts';

export interface PushProps {
  core: Core;
}

const usersNotice = {
  api: 'content can be neither stored nor read, and pushes can be neither seen nor started.',
  relay: 'content that changes reaches partners late, and word of pushes arrives late.',
  select: 'content that changes reaches partners late.',
  arrival: 'uploaded files do not become part of their content.',
  work: 'partners get their files late.',
  minute: 'content that was selected is not pushed.',
  daily: 'what was pushed long ago stays in the queue, and exported files stay stored.',
  tooLate: 'partners lack what changed: a push waits for longer than push.checkTooOldAgeSeconds.',
};

/** Files that no content has any more are deleted by jobs that wait for 15 minutes. */
const selectMaxAge = Duration.minutes(30);

/** Large files are read to the end to know their hash. */
const arrivalTimeout = Duration.minutes(10);

/** An arrival that failed comes again after an hour. */
const arrivalMaxAge = Duration.minutes(90);

type Environment<F extends keyof typeof environments> = z.input<(typeof environments)[F]>;

/** Files for partners: content, rules that select it, the queue, and what exports and sends. */
export class Push extends Construct {
  readonly table: TableV2;
  /** Uploaded files of content. */
  readonly binaries: Bucket;
  /** Exported files. */
  readonly exports: Bucket;
  readonly #core: Core;

  constructor(scope: Construct, id: string, { core }: PushProps) {
    super(scope, id);
    this.#core = core;
    const { settings } = core.config;
    this.table = dataTable(this, 'Table', { indexes, settings });
    this.binaries = dataBucket(this, 'Binaries', {
      core,
      uploadOrigins: settings.installation.corsOrigins,
    });
    this.exports = dataBucket(this, 'Exports', { core });
    tellOfObjects(this.binaries, this.#arrival().queue);
    this.#relay(this.#select());
    const work = pushWorker(this, 'Work', {
      core,
      table: this.table,
      binaries: this.binaries,
      exports: this.exports,
      usersNotice: usersNotice.work,
    });
    this.#api(work);
    this.#minute(work);
    this.#daily();
  }

  #base() {
    return {
      PUSH_TABLE: this.table.tableName,
      PUSH_SETTINGS: JSON.stringify(this.#core.config.settings.push),
    };
  }

  #api(work: QueueFunction): void {
    const environment: Environment<'api'> = {
      ...this.#base(),
      BINARIES_BUCKET: this.binaries.bucketName,
      EXPORTS_BUCKET: this.exports.bucketName,
      WORK_QUEUE_URL: work.queue.queueUrl,
      USER_TYPE: this.#core.config.settings.auth.userType,
    };
    const fn = apiFunction(this, 'Api', {
      core: this.#core,
      entry: 'push/api.lambda.ts',
      description: 'The API of content, of the queue of pushes and of their runs.',
      environment,
      paths: ['/v1/content/{proxy+}', '/v1/push/{proxy+}'],
      usersNotice: usersNotice.api,
    });
    grantItems(fn, this.table, ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem']);
    grantIndexes(fn, this.table, Object.keys(indexes));
    grantObjects(fn, this.binaries, ['PutObject']);
    grantObjects(fn, this.exports, ['DeleteObject']);
    grantListing(fn, this.exports);
    work.queue.grant(fn, 'sqs:SendMessage');
  }

  #select(): QueueFunction {
    const environment: Environment<'select'> = {
      PUSH_TABLE: this.table.tableName,
      BINARIES_BUCKET: this.binaries.bucketName,
    };
    const select = new QueueFunction(this, 'Select', {
      core: this.#core,
      entry: 'push/select.lambda.ts',
      description: 'Asks the rules about content that changed, and queues what they select.',
      environment,
      maxAge: selectMaxAge,
      usersNotice: usersNotice.select,
    });
    grantItems(select.fn, this.table, ['BatchGetItem', 'GetItem', 'PutItem']);
    grantIndexes(select.fn, this.table, ['listed']);
    grantObjects(select.fn, this.binaries, ['DeleteObject']);
    return select;
  }

  #arrival(): QueueFunction {
    const environment: Environment<'arrival'> = {
      PUSH_TABLE: this.table.tableName,
      BINARIES_BUCKET: this.binaries.bucketName,
    };
    const arrival = new QueueFunction(this, 'Arrival', {
      core: this.#core,
      entry: 'push/arrival.lambda.ts',
      description: 'Makes uploaded files part of their content.',
      environment,
      batchSize: 1,
      timeout: arrivalTimeout,
      maxAge: arrivalMaxAge,
      usersNotice: usersNotice.arrival,
    });
    grantItems(arrival.fn, this.table, ['GetItem', 'PutItem']);
    grantObjects(arrival.fn, this.binaries, ['DeleteObject', 'GetObject']);
    grantListing(arrival.fn, this.binaries);
    return arrival;
  }

  #relay(select: QueueFunction): void {
    const environment: Omit<Environment<'relay'>, 'FAILURE_QUEUE_URL'> = {
      EVENT_BUS_NAME: this.#core.bus.eventBusName,
      SELECT_QUEUE_URL: select.queue.queueUrl,
    };
    const relay = new StreamFunction(this, 'Relay', {
      core: this.#core,
      table: this.table,
      entry: 'push/relay.lambda.ts',
      description: 'Tells the rules of content that changed, and the bus of pushes that ended.',
      environment,
      changes: relayedChanges,
      usersNotice: usersNotice.relay,
    });
    this.#core.bus.grantPutEventsTo(relay.fn);
    select.queue.grant(relay.fn, 'sqs:SendMessage');
  }

  #minute(work: QueueFunction): void {
    const environment: Environment<'minute'> = {
      ...this.#base(),
      WORK_QUEUE_URL: work.queue.queueUrl,
    };
    const entry = 'push/minute.lambda.ts';
    const { fn } = new ScheduleFunction(this, 'Minute', {
      core: this.#core,
      entry,
      description: 'Starts runs of the queue, and takes up what dead workers had.',
      environment,
      usersNotice: usersNotice.minute,
    });
    grantItems(fn, this.table, ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem']);
    grantIndexes(fn, this.table, ['byStatus']);
    work.queue.grant(fn, 'sqs:SendMessage');
    const { settings } = this.#core.config;
    userAlarm(this, 'TooLate', {
      metric: ownGauge(settings, entry, 'OldestPushSeconds'),
      threshold: settings.push.checkTooOldAgeSeconds,
      usersNotice: usersNotice.tooLate,
      firstStep:
        'npx sequitur push check tells which, and push items why others of its target fail.',
      topic: this.#core.alarmTopic,
    });
  }

  #daily(): void {
    const environment: Environment<'daily'> = {
      ...this.#base(),
      EXPORTS_BUCKET: this.exports.bucketName,
    };
    const { fn } = new ScheduleFunction(this, 'Daily', {
      core: this.#core,
      entry: 'push/daily.lambda.ts',
      description: 'Removes from queue and bucket what was pushed long ago.',
      environment,
      every: 'day',
      timeout: Duration.minutes(15),
      usersNotice: usersNotice.daily,
    });
    grantItems(fn, this.table, ['DeleteItem', 'GetItem']);
    grantIndexes(fn, this.table, ['byStatus']);
    grantObjects(fn, this.exports, ['DeleteObject']);
    grantListing(fn, this.exports);
  }
}
