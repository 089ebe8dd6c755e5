import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { indexes, prefixes } from '../lambdas/timelines/contract.ts';
import type { UpkeepJob, environments } from '../lambdas/timelines/contract.ts';
import type { Core } from './core.ts';
import { dataTable } from './data-table.ts';
import type { Follows } from './follows.ts';
import { apiFunction } from './functions/api-function.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { StreamFunction } from './functions/stream-function.ts';
import { eraseJob, jobOnEvent, ofEvent, sendsToItself } from './job-sources.ts';
import type { JobOnEventProps } from './job-sources.ts';
import { grantIndexes, grantItems } from './table-grants.ts';

export interface TimelinesProps {
  core: Core;
  /** Who follows whom: read for fan-out, imports and reads. */
  follows: Follows;
}

const usersNotice = {
  api: 'posting actions and reading timelines fail.',
  relay: 'new actions reach followers, webhooks and other consumers late.',
  planner: 'new actions reach no follower, deleted ones stay with them.',
  chunks: 'new actions reach some followers late.',
  upkeep: 'after a follow or unfollow the private timeline is late in filling or in being cleaned.',
};

/** Second passes are 15 minutes old when they begin; they may then fail as often as any job. */
const upkeepMaxAge = Duration.minutes(45);

type Environment<F extends keyof typeof environments> = Omit<
  z.input<(typeof environments)[F]>,
  'FOLLOWS_TABLE' | 'FAILURE_QUEUE_URL'
>;

/** What resources did, and what reaches whose timeline: table, API, fan-out and upkeep. */
export class Timelines extends Construct {
  readonly table: TableV2;
  readonly #core: Core;
  readonly #follows: Follows;

  constructor(scope: Construct, id: string, props: TimelinesProps) {
    super(scope, id);
    this.#core = props.core;
    this.#follows = props.follows;
    this.table = dataTable(this, 'Table', { indexes, settings: props.core.config.settings });
    const upkeep = this.#upkeep();
    const chunks = this.#chunkWorker();
    const planner = this.#planner(chunks);
    this.#relay(planner);
    this.#api(upkeep);
    this.#subscribe(upkeep);
  }

  #settings() {
    return {
      TIMELINES_TABLE: this.table.tableName,
      TIMELINES_SETTINGS: JSON.stringify(this.#core.config.settings.timelines),
    };
  }

  #api(upkeep: QueueFunction): void {
    const environment: Environment<'api'> = {
      ...this.#settings(),
      UPKEEP_QUEUE_URL: upkeep.queue.queueUrl,
      USER_TYPE: this.#core.config.settings.auth.userType,
    };
    const fn = apiFunction(this, 'Api', {
      core: this.#core,
      entry: 'timelines/api.lambda.ts',
      description: 'The API of actions and timelines.',
      environment,
      paths: [
        // One name for the reference in all routes of the gateway; the function's own router names it properly.
        '/v1/resources/{ref}/actions',
        '/v1/resources/{ref}/actions/{proxy+}',
        '/v1/resources/{ref}/timelines/{proxy+}',
      ],
      usersNotice: usersNotice.api,
    });
    grantItems(fn, this.table, ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem']);
    grantIndexes(fn, this.table, ['byVerb', 'byTarget']);
    this.#follows.grantRead(fn, ['followingsOf', 'endedFollows']);
    upkeep.queue.grant(fn, 'sqs:SendMessage');
  }

  #relay(planner: QueueFunction): void {
    const environment: Environment<'relay'> = {
      EVENT_BUS_NAME: this.#core.bus.eventBusName,
      PLAN_QUEUE_URL: planner.queue.queueUrl,
    };
    const relay = new StreamFunction(this, 'Relay', {
      core: this.#core,
      table: this.table,
      entry: 'timelines/relay.lambda.ts',
      description: 'Makes events of actions, and starts their fan-out.',
      environment,
      changes: Object.values(prefixes).map((pk) => ({ pk })),
      usersNotice: usersNotice.relay,
    });
    this.#core.bus.grantPutEventsTo(relay.fn);
    planner.queue.grant(relay.fn, 'sqs:SendMessage');
  }

  #planner(chunks: QueueFunction): QueueFunction {
    const environment: Omit<Environment<'planner'>, 'PLAN_QUEUE_URL'> = {
      ...this.#settings(),
      CHUNK_QUEUE_URL: chunks.queue.queueUrl,
    };
    const planner = new QueueFunction(this, 'Planner', {
      core: this.#core,
      entry: 'timelines/planner.lambda.ts',
      description: 'Cuts the followers of an actor into chunks for the fan-out.',
      environment,
      usersNotice: usersNotice.planner,
    });
    sendsToItself(planner, 'PLAN_QUEUE_URL');
    chunks.queue.grant(planner.fn, 'sqs:SendMessage');
    grantItems(planner.fn, this.table, ['GetItem', 'PutItem', 'Query']);
    this.#follows.grantRead(planner.fn, ['followersOf', 'followerCount']);
    return planner;
  }

  #chunkWorker(): QueueFunction {
    const environment: Environment<'chunkWorker'> = { TIMELINES_TABLE: this.table.tableName };
    const chunks = new QueueFunction(this, 'Chunks', {
      core: this.#core,
      entry: 'timelines/chunk-worker.lambda.ts',
      description: 'Writes an action to the timelines of some followers.',
      environment,
      usersNotice: usersNotice.chunks,
    });
    grantItems(chunks.fn, this.table, ['BatchGetItem', 'BatchWriteItem', 'GetItem']);
    this.#follows.grantRead(chunks.fn, ['edges']);
    return chunks;
  }

  #upkeep(): QueueFunction {
    const environment: Omit<Environment<'upkeep'>, 'UPKEEP_QUEUE_URL'> = this.#settings();
    const upkeep = new QueueFunction(this, 'Upkeep', {
      core: this.#core,
      entry: 'timelines/upkeep.lambda.ts',
      description: 'Imports, cleans, trims, rebuilds and erases single timelines.',
      environment,
      batchSize: 1,
      maxAge: upkeepMaxAge,
      usersNotice: usersNotice.upkeep,
    });
    sendsToItself(upkeep, 'UPKEEP_QUEUE_URL');
    grantItems(upkeep.fn, this.table, [
      'BatchWriteItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    grantIndexes(upkeep.fn, this.table, ['notesByActor']);
    this.#follows.grantRead(upkeep.fn, ['edge', 'followersOf', 'followingsOf', 'endedFollows']);
    return upkeep;
  }

  /** What follows say becomes jobs of the upkeep. */
  #subscribe(upkeep: QueueFunction): void {
    const { removeOnUnfollow } = this.#core.config.settings.timelines;
    const follow = {
      owner: ofEvent('follower'),
      actor: ofEvent('followed'),
      followId: ofEvent('followId'),
    };
    this.#rule('Followed', upkeep, {
      type: 'follow.created',
      job: { kind: 'import', pass: 1, ...follow },
    });
    this.#rule('Unfollowed', upkeep, {
      type: 'follow.deleted',
      ...(!removeOnUnfollow && { data: { reason: ['erased'] } }),
      job: { kind: 'clean', pass: 1, ...follow },
    });
    if (!removeOnUnfollow) {
      this.#rule('UnfollowedAndKept', upkeep, {
        type: 'follow.deleted',
        data: { reason: ['unfollowed'] },
        job: { kind: 'keep', ...follow, endedAt: ofEvent('endedAt') },
      });
    }
    this.#rule('ErasureStarted', upkeep, { type: 'erasure.started', job: eraseJob() });
  }

  #rule(
    id: string,
    to: QueueFunction,
    event: Pick<JobOnEventProps<UpkeepJob>, 'type' | 'data' | 'job'>,
  ): void {
    jobOnEvent(this, id, { ...event, core: this.#core, to, description: 'Upkeep of timelines' });
  }
}
