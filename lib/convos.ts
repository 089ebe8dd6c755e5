import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { indexes, relayedChanges } from '../lambdas/convos/contract.ts';
import type { UpkeepJob, environments } from '../lambdas/convos/contract.ts';
import type { Core } from './core.ts';
import { dataTable } from './data-table.ts';
import { apiFunction } from './functions/api-function.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { StreamFunction } from './functions/stream-function.ts';
import { eraseJob, jobOnEvent, sendsToItself } from './job-sources.ts';
import { grantIndexes, grantItems } from './table-grants.ts';

export interface ConvosProps {
  core: Core;
}

const usersNotice = {
  api: 'sending, reading and deleting messages fail.',
  relay:
    'webhooks and other consumers hear late of messages, and what was deleted is stored for longer.',
  upkeep: 'the erasure of a user stands still, and what was deleted is stored for longer.',
};

type Environment<F extends keyof typeof environments> = z.input<(typeof environments)[F]>;

/** Messages between users, in threads: table, API, the relay of what happened, and upkeep. */
export class Convos extends Construct {
  readonly table: TableV2;
  readonly #core: Core;

  constructor(scope: Construct, id: string, { core }: ConvosProps) {
    super(scope, id);
    this.#core = core;
    this.table = dataTable(this, 'Table', { indexes, settings: core.config.settings });
    this.#api();
    const upkeep = this.#upkeep();
    this.#relay(upkeep);
    jobOnEvent<UpkeepJob>(this, 'ErasureStarted', {
      core,
      to: upkeep,
      type: 'erasure.started',
      job: eraseJob(),
      description: 'Upkeep of convos',
    });
  }

  #settings() {
    return { CONVOS_SETTINGS: JSON.stringify(this.#core.config.settings.convos) };
  }

  #api(): void {
    const environment: Environment<'api'> = {
      ...this.#settings(),
      CONVOS_TABLE: this.table.tableName,
      USER_TYPE: this.#core.config.settings.auth.userType,
    };
    const fn = apiFunction(this, 'Api', {
      core: this.#core,
      entry: 'convos/api.lambda.ts',
      description: 'The API of messages, threads and blocks.',
      environment,
      paths: [
        '/v1/messages',
        '/v1/messages/{proxy+}',
        '/v1/threads',
        '/v1/threads/{proxy+}',
        '/v1/convos/{proxy+}',
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
    grantIndexes(fn, this.table, Object.keys(indexes));
  }

  #upkeep(): QueueFunction {
    const environment: Omit<Environment<'upkeep'>, 'UPKEEP_QUEUE_URL'> = {
      CONVOS_TABLE: this.table.tableName,
    };
    const upkeep = new QueueFunction(this, 'Upkeep', {
      core: this.#core,
      entry: 'convos/upkeep.lambda.ts',
      description: 'Removes what nobody holds any more, and the mailboxes of erased users.',
      environment,
      // A run takes half of the function's time or more: a second one would not fit in.
      batchSize: 1,
      usersNotice: usersNotice.upkeep,
    });
    sendsToItself(upkeep, 'UPKEEP_QUEUE_URL');
    grantItems(upkeep.fn, this.table, [
      'BatchGetItem',
      'BatchWriteItem',
      'ConditionCheckItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    return upkeep;
  }

  #relay(upkeep: QueueFunction): void {
    const environment: Omit<Environment<'relay'>, 'FAILURE_QUEUE_URL'> = {
      ...this.#settings(),
      EVENT_BUS_NAME: this.#core.bus.eventBusName,
      UPKEEP_QUEUE_URL: upkeep.queue.queueUrl,
    };
    const relay = new StreamFunction(this, 'Relay', {
      core: this.#core,
      table: this.table,
      entry: 'convos/relay.lambda.ts',
      description: 'Makes events of messages, and jobs of what was deleted.',
      environment,
      changes: relayedChanges,
      usersNotice: usersNotice.relay,
    });
    this.#core.bus.grantPutEventsTo(relay.fn);
    upkeep.queue.grant(relay.fn, 'sqs:SendMessage');
  }
}
