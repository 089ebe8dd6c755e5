import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type * as z from 'zod';
import {
  aroundPostMs,
  indexes,
  lanePostsBeginWithinMs,
  relayedChanges,
} from '../lambdas/webhooks/contract.ts';
import type { UpkeepJob, environments } from '../lambdas/webhooks/contract.ts';
import type { Core } from './core.ts';
import { dataTable } from './data-table.ts';
import { caFilePath } from './define/ca-file-mistakes.ts';
import { apiFunction } from './functions/api-function.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { ScheduleFunction } from './functions/schedule-function.ts';
import { StreamFunction } from './functions/stream-function.ts';
import { eraseJob, jobOnEvent, sendsToItself } from './job-sources.ts';
import { grantKey, secretsKey } from './secrets-key.ts';
import { grantIndexes, grantItems } from './table-grants.ts';
import { webhookEventRules } from './webhook-event-rules.ts';

export interface WebhooksProps {
  core: Core;
}

const usersNotice = {
  api: 'creating, changing and reading webhooks fail, and so does sending events.',
  matcher: 'events reach webhooks late, or are not on record at all.',
  post: 'webhooks are posted late.',
  lane: 'webhooks in batches and in order are posted late.',
  due: 'webhooks whose retry is due are posted late.',
  relay:
    'events that were sent by the API, and word of webhooks that fail or were disabled, arrive late.',
  upkeep: 'the erasure of a resource stands still: its webhooks stay.',
};

/** Retries wait in the queue for up to 15 minutes before they are due. */
const postMaxAge = Duration.minutes(30);

/** Upkeep looks again after 15 minutes; that job may then fail as often as any. */
const upkeepMaxAge = Duration.minutes(45);

/** A run's time besides the posts that it waits for: reads, writes, and jobs that follow. */
const aroundPosts = Duration.millis(aroundPostMs);

/** Until a lane's run begins its last post, and what goes around that. */
const aroundLanes = Duration.millis(lanePostsBeginWithinMs + aroundPostMs);

/** Posting is bound by the network and TLS; more memory is more of a processor. */
const postingMemoryMegabytes = 1_024;

/** Runs of ten posts each at the same time. */
const postingRuns = 100;

/** Threads that resolve names. Node.js has four: a few names whose servers are silent would stop all posts. */
const nameThreads = '64';

/** Beside the bundle of functions that post. */
const caFileName = 'ca.pem';

type Environment<F extends keyof typeof environments> = z.input<(typeof environments)[F]>;

/** Events on their way to other people's servers: table, API, matching, posting, retries and upkeep. */
export class Webhooks extends Construct {
  readonly table: TableV2;
  readonly #core: Core;
  readonly #key: Key;

  constructor(scope: Construct, id: string, { core }: WebhooksProps) {
    super(scope, id);
    this.#core = core;
    const { settings } = core.config;
    this.table = dataTable(this, 'Table', { indexes, settings });
    this.#key = secretsKey(this, 'SecretsKey', {
      description: 'Encrypts the key that seals signing secrets of webhooks.',
      settings,
    });
    const lane = this.#lane();
    const post = this.#post(lane);
    // Each of the two gives the other work.
    lane.fn.addEnvironment('POST_QUEUE_URL', post.queue.queueUrl);
    post.queue.grant(lane.fn, 'sqs:SendMessage');
    webhookEventRules(this, { core, matcher: this.#matcher(post, lane) });
    this.#due(post);
    this.#api(post, lane);
    this.#relay();
    jobOnEvent<UpkeepJob>(this, 'ErasureStarted', {
      core,
      to: this.#upkeep(),
      type: 'erasure.started',
      job: eraseJob(),
      description: 'Upkeep of webhooks',
    });
  }

  #base() {
    return {
      WEBHOOKS_TABLE: this.table.tableName,
      WEBHOOKS_SETTINGS: JSON.stringify(this.#core.config.settings.webhooks),
    };
  }

  #queues(post: QueueFunction, lane: QueueFunction) {
    return { POST_QUEUE_URL: post.queue.queueUrl, LANE_QUEUE_URL: lane.queue.queueUrl };
  }

  #mayQueue(fn: IFunction, ...queues: QueueFunction[]): void {
    for (const { queue } of queues) queue.grant(fn, 'sqs:SendMessage');
  }

  #api(post: QueueFunction, lane: QueueFunction): void {
    const environment: Environment<'api'> = {
      ...this.#base(),
      ...this.#queues(post, lane),
      SECRETS_KEY_ARN: this.#key.keyArn,
      USER_TYPE: this.#core.config.settings.auth.userType,
    };
    const fn = apiFunction(this, 'Api', {
      core: this.#core,
      entry: 'webhooks/api.lambda.ts',
      description: 'The API of webhooks, their deliveries and events.',
      environment,
      paths: [
        '/v1/hooks',
        '/v1/hooks/{proxy+}',
        '/v1/deliveries/{proxy+}',
        '/v1/events',
        '/v1/event-types',
      ],
      usersNotice: usersNotice.api,
    });
    grantItems(fn, this.table, [
      'BatchGetItem',
      'ConditionCheckItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    grantIndexes(fn, this.table, ['failures', 'allFailures']);
    grantKey(fn, this.#key, ['Decrypt', 'GenerateDataKey']);
    this.#mayQueue(fn, post, lane);
  }

  #matcher(post: QueueFunction, lane: QueueFunction): QueueFunction {
    const environment: Environment<'matcher'> = { ...this.#base(), ...this.#queues(post, lane) };
    const matcher = new QueueFunction(this, 'Matcher', {
      core: this.#core,
      entry: 'webhooks/matcher.lambda.ts',
      description: 'Finds the webhooks that an event is for.',
      environment,
      usersNotice: usersNotice.matcher,
    });
    grantItems(matcher.fn, this.table, ['PutItem', 'Query']);
    this.#mayQueue(matcher.fn, post, lane);
    return matcher;
  }

  #post(lane: QueueFunction): QueueFunction {
    const environment: Omit<Environment<'post'>, 'POST_QUEUE_URL'> = {
      ...this.#base(),
      ...this.#posting(),
      LANE_QUEUE_URL: lane.queue.queueUrl,
    };
    const post = new QueueFunction(this, 'Post', {
      core: this.#core,
      entry: 'webhooks/post.lambda.ts',
      description: 'Posts deliveries, and decides what follows from the answers.',
      environment,
      timeout: this.#timeToPost(aroundPosts),
      memoryMegabytes: postingMemoryMegabytes,
      maxConcurrency: postingRuns,
      maxAge: postMaxAge,
      addFiles: this.#addCaFile,
      usersNotice: usersNotice.post,
    });
    sendsToItself(post, 'POST_QUEUE_URL');
    this.#mayQueue(post.fn, lane);
    grantItems(post.fn, this.table, [
      'BatchGetItem',
      'ConditionCheckItem',
      'GetItem',
      'PutItem',
      'UpdateItem',
    ]);
    grantKey(post.fn, this.#key, ['Decrypt']);
    return post;
  }

  #lane(): QueueFunction {
    const environment: Omit<Environment<'lane'>, 'POST_QUEUE_URL' | 'LANE_QUEUE_URL'> = {
      ...this.#base(),
      ...this.#posting(),
    };
    const lane = new QueueFunction(this, 'Lane', {
      core: this.#core,
      entry: 'webhooks/lane.lambda.ts',
      description: 'Stores and posts deliveries in batches, and those in order.',
      environment,
      fifo: true,
      timeout: this.#timeToPost(aroundLanes),
      memoryMegabytes: postingMemoryMegabytes,
      addFiles: this.#addCaFile,
      usersNotice: usersNotice.lane,
    });
    sendsToItself(lane, 'LANE_QUEUE_URL');
    grantItems(lane.fn, this.table, [
      'BatchGetItem',
      'ConditionCheckItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    grantKey(lane.fn, this.#key, ['Decrypt']);
    return lane;
  }

  #due(post: QueueFunction): void {
    const environment: Environment<'due'> = {
      WEBHOOKS_TABLE: this.table.tableName,
      POST_QUEUE_URL: post.queue.queueUrl,
    };
    const { fn } = new ScheduleFunction(this, 'Due', {
      core: this.#core,
      entry: 'webhooks/due.lambda.ts',
      description: 'Queues the retries and batches that are due within the next minute.',
      environment,
      usersNotice: usersNotice.due,
    });
    grantItems(fn, this.table, ['UpdateItem']);
    grantIndexes(fn, this.table, ['due']);
    this.#mayQueue(fn, post);
  }

  #relay(): void {
    const environment: Omit<Environment<'relay'>, 'FAILURE_QUEUE_URL'> = {
      EVENT_BUS_NAME: this.#core.bus.eventBusName,
    };
    const relay = new StreamFunction(this, 'Relay', {
      core: this.#core,
      table: this.table,
      entry: 'webhooks/relay.lambda.ts',
      description:
        'Puts events on the bus: those sent by the API, and those of webhooks themselves.',
      environment,
      changes: relayedChanges,
      usersNotice: usersNotice.relay,
    });
    this.#core.bus.grantPutEventsTo(relay.fn);
  }

  #upkeep(): QueueFunction {
    const environment: Omit<Environment<'upkeep'>, 'UPKEEP_QUEUE_URL'> = {
      WEBHOOKS_TABLE: this.table.tableName,
    };
    const upkeep = new QueueFunction(this, 'Upkeep', {
      core: this.#core,
      entry: 'webhooks/upkeep.lambda.ts',
      description: 'Removes the webhooks of resources that are erased.',
      environment,
      // A run takes half of the function's time or more: a second one would not fit in.
      batchSize: 1,
      maxConcurrency: 5,
      maxAge: upkeepMaxAge,
      usersNotice: usersNotice.upkeep,
    });
    sendsToItself(upkeep, 'UPKEEP_QUEUE_URL');
    grantItems(upkeep.fn, this.table, [
      'BatchGetItem',
      'BatchWriteItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    return upkeep;
  }

  /** What functions that post need besides. */
  #posting() {
    return {
      SECRETS_KEY_ARN: this.#key.keyArn,
      TRUSTED_CA: this.#core.config.settings.webhooks.caFile === '' ? '' : caFileName,
      UV_THREADPOOL_SIZE: nameThreads,
    };
  }

  readonly #addCaFile = (folder: string): void => {
    const { caFile } = this.#core.config.settings.webhooks;
    if (caFile !== '') copyFileSync(caFilePath(caFile), join(folder, caFileName));
  };

  /** Long enough for a post that takes all the time a receiver has. */
  #timeToPost(around: Duration): Duration {
    const { timeoutSeconds } = this.#core.config.settings.webhooks;
    return around.plus(Duration.seconds(timeoutSeconds));
  }
}
