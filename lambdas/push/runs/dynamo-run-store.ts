import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../shared/dynamo/batch-get.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import type { Page } from '../page.ts';
import { keys, partitions } from '../contract.ts';
import type { WorkJob } from '../contract.ts';
import { readIndex } from '../dynamo-index.ts';
import { sizedPage } from '../sized-page.ts';
import { progressedRun, revivedRun, runAfterJob } from './run-changes.ts';
import type { KeptRun } from './run-changes.ts';
import { runUpdate } from './dynamo-run-update.ts';
import { keptMessages } from './run-messages.ts';
import { newRunItem, runItemOf } from './run-rows.ts';
import type { RunItem } from './run-rows.ts';
import type { Progress, RunStore } from './run-store.ts';
import type { Run } from './run.ts';

/** Runs of a list that are read at once: of 400 KB each. */
const runsPerRead = 10;

/** Runs of a page where all are wanted. */
const runsPerPage = 100;

const entrySchema = z.object({ ulid: z.ulid() });

type Refusal = { outcome: 'done' } | { outcome: 'refused'; item: RunItem | undefined };

/**
 * Runs in push's table. What is added to a run follows on what was read of it, and carries a nonce: a
 * write that happened though its answer was lost is known again, and counts once.
 */
export function dynamoRunStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  parts: { pace: Pace; newNonce: () => string },
): RunStore {
  return new DynamoRunStore(client, tableName, parts);
}

class DynamoRunStore implements RunStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #pace: Pace;
  readonly #newNonce: () => string;

  constructor(
    client: DynamoDBDocumentClient,
    tableName: string,
    { pace, newNonce }: { pace: Pace; newNonce: () => string },
  ) {
    this.#client = client;
    this.#tableName = tableName;
    this.#pace = pace;
    this.#newNonce = newNonce;
  }

  async create(run: Run): Promise<void> {
    const Item = newRunItem({ ...run, messages: keptMessages(run.messages) });
    await this.#unlessRefused(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item,
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  async get(ulid: string): Promise<Run | undefined> {
    const item = await this.#read(ulid);
    return item && shown(item.run);
  }

  list(page: { after: string | undefined; limit: number }): Promise<Page<Run>> {
    return this.#runsOf({ index: 'listed', partition: partitions.runs, order: 'desc', ...page });
  }

  async running(): Promise<Run[]> {
    const found: Run[] = [];
    let after: string | undefined;
    do {
      const page = await this.#runsOf({
        index: 'byStatus',
        partition: partitions.running,
        order: 'asc',
        after,
        limit: runsPerPage,
      });
      found.push(...page.items.filter(({ state }) => state === 'running'));
      after = page.after;
    } while (after !== undefined);
    return found;
  }

  progress(ulid: string, progress: Progress, nowMs: number): Promise<void> {
    return this.#change(ulid, (run) => progressedRun(run, progress, nowMs));
  }

  async alive(ulid: string, nowMs: number): Promise<void> {
    await this.#update(ulid, {
      ConditionExpression: '#state = :running AND #alive < :now',
      UpdateExpression: 'SET #alive = :now',
      ExpressionAttributeNames: { '#state': 'state', '#alive': 'aliveMs' },
      ExpressionAttributeValues: { ':running': 'running', ':now': nowMs },
    });
  }

  async revive(run: Run, nowMs: number): Promise<boolean> {
    const after = revivedRun(run, nowMs);
    const nonce = this.#newNonce();
    const written = await this.#update(run.ulid, {
      ConditionExpression:
        '#state = :running AND #alive = :aliveAsRead AND ' +
        (run.revivedMs === undefined
          ? 'attribute_not_exists(#revived)'
          : '#revived = :revivedAsRead'),
      UpdateExpression: 'SET #revived = :revived, #revivals = :revivals, #revivedBy = :nonce',
      ExpressionAttributeNames: {
        '#state': 'state',
        '#alive': 'aliveMs',
        '#revived': 'revivedMs',
        '#revivals': 'revivals',
        '#revivedBy': 'revivedBy',
      },
      ExpressionAttributeValues: {
        ':running': 'running',
        ':aliveAsRead': run.aliveMs,
        ...(run.revivedMs !== undefined && { ':revivedAsRead': run.revivedMs }),
        ':revived': after.revivedMs,
        ':revivals': after.revivals,
        ':nonce': nonce,
      },
    });
    return written.outcome === 'done' || written.item?.revivedBy === nonce;
  }

  endJob(
    ulid: string,
    job: WorkJob,
    end: Progress & { failed?: boolean; next?: readonly WorkJob[] },
    nowMs: number,
  ): Promise<void> {
    return this.#change(ulid, (run) => runAfterJob(run, job, end, nowMs));
  }

  /** Stores what follows on a run as it is now, once. */
  async #change(ulid: string, changed: (run: KeptRun) => KeptRun | undefined): Promise<void> {
    const nonce = this.#newNonce();
    await persist(this.#pace, async () => {
      const before = await this.#read(ulid);
      if (before === undefined || before.writes.includes(nonce)) return true;
      const after = changed(before.run);
      if (after === undefined) return true;
      const written = await this.#update(ulid, runUpdate(before, after, nonce));
      const isThere = written.outcome === 'done' || written.item?.writes.includes(nonce) === true;
      return isThere ? true : undefined;
    });
  }

  async #read(ulid: string): Promise<RunItem | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: keys.run(ulid), ConsistentRead: true }),
    );
    return Item && runItemOf(Item);
  }

  async #runsOf(range: Parameters<typeof readIndex>[2]): Promise<Page<Run>> {
    const entries = await readIndex(this.#client, this.#tableName, range, entrySchema);
    return sizedPage(entries, {
      itemsPerRead: runsPerRead,
      read: async (some) => {
        const wanted = some.map(({ ulid }) => keys.run(ulid));
        const items = await batchGet(this.#client, this.#tableName, wanted);
        const runs = items.map((item) => shown(runItemOf(item).run));
        const found = new Map(runs.map((run) => [run.ulid, run]));
        return some.map(({ ulid }) => found.get(ulid));
      },
    });
  }

  #update(ulid: string, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<Refusal> {
    return this.#unlessRefused(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.run(ulid),
          ...change,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** A write with what stood against it: the run as it is, if there is one. */
  async #unlessRefused(write: () => Promise<unknown>): Promise<Refusal> {
    try {
      await write();
      return { outcome: 'done' };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { outcome: 'refused', item: error.Item && runItemOf(unmarshall(error.Item)) };
    }
  }
}

function shown({ hasFailedJob: _inside, ...run }: KeptRun): Run {
  return run;
}
