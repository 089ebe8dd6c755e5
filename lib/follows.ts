import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { indexes, relayedPrefixes } from '../lambdas/follows/contract.ts';
import type {
  apiEnvironment,
  ErasurePart,
  erasureEnvironment,
  followsReadEnvironment,
  relayEnvironment,
} from '../lambdas/follows/contract.ts';
import type { FollowsRead } from '../lambdas/follows/follows-read.ts';
import { eventSource } from '../lambdas/shared/events/event-bus.ts';
import type { Core } from './core.ts';
import { dataTable } from './data-table.ts';
import { apiFunction } from './functions/api-function.ts';
import { QueueFunction } from './functions/queue-function.ts';
import { StreamFunction } from './functions/stream-function.ts';
import { grantIndexes, grantItems } from './table-grants.ts';
import type { ItemAction } from './table-grants.ts';

export interface FollowsProps {
  core: Core;
  /** Deployed domains that remove something when a resource is erased; `follows` is one. */
  erasureParts: readonly ErasurePart[];
}

const usersNotice = {
  api: 'following, unfollowing, and lists or counts of followers fail.',
  relay: 'follows and unfollows reach timelines, webhooks and other consumers late.',
  erasure: 'the erasure of a resource stands still: what it had and left stays visible.',
};

/** What each method of the read port needs: a right on the table's items, or to query an index. */
const readRights = {
  followersOf: { index: 'followers' },
  followingsOf: { index: 'followings' },
  edge: { items: 'BatchGetItem' },
  edges: { items: 'BatchGetItem' },
  followerCount: { items: 'Query' },
  endedFollows: { items: 'Query' },
} as const satisfies Record<
  keyof FollowsRead,
  { items: ItemAction } | { index: keyof typeof indexes }
>;

/** Who follows whom: table, API, the relay of what happened, and the erasure of resources. */
export class Follows extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: FollowsProps) {
    super(scope, id);
    const { settings } = props.core.config;
    this.table = dataTable(this, 'Table', { indexes, settings });
    this.#api(props);
    const erasure = this.#erasure(props);
    this.#relay(props, erasure);
  }

  /**
   * Lets a function of another domain call these methods of the read port, and no others: permission and
   * environment.
   */
  grantRead(fn: LambdaFunction, methods: readonly (keyof FollowsRead)[]): void {
    const rights = methods.map((method) => readRights[method]);
    grantItems(
      fn,
      this.table,
      rights.flatMap((right) => ('items' in right ? [right.items] : [])),
    );
    grantIndexes(
      fn,
      this.table,
      rights.flatMap((right) => ('index' in right ? [right.index] : [])),
    );
    addEnvironment(fn, this.#readEnvironment());
  }

  #readEnvironment() {
    return { FOLLOWS_TABLE: this.table.tableName } satisfies z.input<typeof followsReadEnvironment>;
  }

  #api({ core, erasureParts }: FollowsProps): void {
    const { settings } = core.config;
    const environment: z.input<typeof apiEnvironment> = {
      ...this.#readEnvironment(),
      USER_TYPE: settings.auth.userType,
      ON_REPEAT: settings.follows.onRepeat,
      ERASURE_PARTS: JSON.stringify(erasureParts),
    };
    const fn = apiFunction(this, 'Api', {
      core,
      entry: 'follows/api.lambda.ts',
      description: 'The API of follows and erasures.',
      environment,
      paths: ['/v1/resources/{ref}', '/v1/resources/{ref}/{proxy+}'],
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

  #erasure({ core }: FollowsProps): QueueFunction {
    const erasure = new QueueFunction(this, 'Erasure', {
      core,
      entry: 'follows/erasure.lambda.ts',
      description:
        'Ends the follows of resources that are erased, and gathers what each domain removed.',
      environment: this.#readEnvironment(),
      // A run takes half of the function's time: a second one would not fit in.
      batchSize: 1,
      maxConcurrency: 5,
      usersNotice: usersNotice.erasure,
    });
    const ownQueue: Omit<z.input<typeof erasureEnvironment>, 'FOLLOWS_TABLE'> = {
      ERASURE_QUEUE_URL: erasure.queue.queueUrl,
    };
    addEnvironment(erasure.fn, ownQueue);
    erasure.queue.grant(erasure.fn, 'sqs:SendMessage');
    grantItems(erasure.fn, this.table, [
      'BatchGetItem',
      'ConditionCheckItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'UpdateItem',
    ]);
    grantIndexes(erasure.fn, this.table, ['followers']);
    new Rule(this, 'ErasureReports', {
      description: 'What domains report of erasures.',
      eventBus: core.bus,
      eventPattern: { source: [eventSource], detailType: ['erasure.progressed'] },
      targets: [new SqsQueue(erasure.queue, { deadLetterQueue: erasure.deadLetters })],
    });
    return erasure;
  }

  #relay({ core }: FollowsProps, erasure: QueueFunction): void {
    const environment: Omit<z.input<typeof relayEnvironment>, 'FAILURE_QUEUE_URL'> = {
      EVENT_BUS_NAME: core.bus.eventBusName,
      ERASURE_QUEUE_URL: erasure.queue.queueUrl,
    };
    const relay = new StreamFunction(this, 'Relay', {
      core,
      table: this.table,
      entry: 'follows/relay.lambda.ts',
      description: 'Makes events of follows and erasures, and starts erasure jobs.',
      environment,
      changes: relayedPrefixes.map((pk) => ({ pk })),
      usersNotice: usersNotice.relay,
    });
    core.bus.grantPutEventsTo(relay.fn);
    erasure.queue.grant(relay.fn, 'sqs:SendMessage');
  }
}

/** Adds to the environment of a function that exists already. */
function addEnvironment(fn: LambdaFunction, environment: Record<string, string>): void {
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}
