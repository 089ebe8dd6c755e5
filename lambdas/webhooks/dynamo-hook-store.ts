import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../shared/dynamo/batch-get.ts';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { transact } from '../shared/dynamo/transaction.ts';
import type { TransactionItem } from '../shared/dynamo/transaction.ts';
import { TransientError } from '../shared/errors.ts';
import type { Clock } from '../shared/identifier.ts';
import { keys } from './contract.ts';
import { hookPage, subscriptionRows } from './dynamo-hook-queries.ts';
import type { Health, Hook, Subscription } from './hook.ts';
import {
  healthOf,
  healthRow,
  healthy,
  hookOf,
  hookRow,
  markRow,
  subscriptionOf,
  subscriptionRow,
} from './hook-rows.ts';
import type { Row } from './hook-rows.ts';
import { markSeconds } from './hook-store.ts';
import type { HealthOwner, HookStore } from './hook-store.ts';

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };

/** True of the item as it was read; a deletion's mark has no version. */
function isOfVersion(version: number) {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

/**
 * Keeps hooks in the webhooks' table. A hook and what matching needs of it change in one transaction,
 * so that no event is matched by what the API no longer tells.
 */
export class DynamoHookStore implements HookStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #now: Clock;

  constructor(client: DynamoDBDocumentClient, tableName: string, now: Clock) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  async create(hook: Hook): Promise<'created' | 'exists'> {
    const done = await this.#transact([
      this.#put(hookRow(hook), isNew),
      this.#put(keys.listed(hook.ulid)),
      this.#put(subscriptionRow(hook)),
    ]);
    return done ? 'created' : 'exists';
  }

  async read(ulid: string): Promise<Hook | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: keys.hook(ulid), ConsistentRead: true }),
    );
    return Item && hookOf(Item);
  }

  async readWithHealth(ulid: string): Promise<{ hook: Hook; health: Health } | undefined> {
    const key = { hook: keys.hook(ulid), health: keys.health(ulid) };
    const rows = await batchGet(this.#client, this.#tableName, [key.hook, key.health]);
    const row = rows.find(({ sk }) => sk === key.hook.sk);
    const hook = row && hookOf(row);
    const health = rows.find(({ sk }) => sk === key.health.sk);
    return hook && { hook, health: health ? healthOf(health) : healthy };
  }

  /** A hook that is deleted between the two reads is left out, so a page may hold fewer. */
  async list(
    of: { owner: string | null } | 'all',
    page: { after?: string | undefined; limit: number },
  ): Promise<{ hooks: Hook[]; after?: string | undefined }> {
    const table = { client: this.#client, tableName: this.#tableName };
    const { ulids, after } = await hookPage(table, of, page);
    const rows = await batchGet(this.#client, this.#tableName, ulids.map(keys.hook));
    const hooks = rows.flatMap((row) => hookOf(row) ?? []);
    return { hooks: hooks.toSorted((a, b) => (a.ulid < b.ulid ? 1 : -1)), after };
  }

  async count(owner: string | null, upTo: number): Promise<number> {
    const table = { client: this.#client, tableName: this.#tableName };
    return (await hookPage(table, { owner }, { limit: upTo })).ulids.length;
  }

  async subscriptions(owner: string | null): Promise<Subscription[]> {
    const table = { client: this.#client, tableName: this.#tableName };
    return (await subscriptionRows(table, owner)).map(subscriptionOf);
  }

  async replace(hook: Hook): Promise<'replaced' | 'changed'> {
    const next = { ...hook, version: hook.version + 1 };
    const done = await this.#transact([
      this.#put(hookRow(next), isOfVersion(hook.version)),
      this.#put(subscriptionRow(next)),
    ]);
    return done ? 'replaced' : 'changed';
  }

  async remove({ ulid, owner, version }: Hook): Promise<'removed' | 'changed'> {
    const expiresAt = Math.floor(this.#now() / 1000) + markSeconds;
    const done = await this.#transact([
      this.#put(markRow(ulid, expiresAt), isOfVersion(version)),
      ...[keys.health(ulid), keys.rate(ulid), keys.listed(ulid), keys.owned(owner, ulid)].map(
        (key) => this.#delete(key),
      ),
    ]);
    return done ? 'removed' : 'changed';
  }

  /** 1 write unit; the first time 4, because then the hook might be gone without a trace of health. */
  async saveHealth(hook: HealthOwner, health: Health): Promise<'saved' | 'changed'> {
    const row = healthRow(hook, { ...health, version: health.version + 1 });
    if (health.version === 0) {
      const done = await this.#transact([
        this.#put(row, isNew),
        {
          ConditionCheck: {
            TableName: this.#tableName,
            Key: keys.hook(hook.ulid),
            ConditionExpression: 'attribute_exists(version)',
          },
        },
      ]);
      return done ? 'saved' : 'changed';
    }
    try {
      const condition = isOfVersion(health.version);
      await this.#client.send(
        new PutCommand({ TableName: this.#tableName, Item: row, ...condition }),
      );
      return 'saved';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'changed';
      throw error;
    }
  }

  /**
   * Whether it was written; not when a condition was false.
   *
   * @throws TransientError when another transaction, or a full partition, stood against it.
   */
  async #transact(items: TransactionItem[]): Promise<boolean> {
    const result = await transact(this.#client, items);
    if (result.outcome === 'done') return true;
    if (result.obstacles.includes('condition')) return false;
    throw new TransientError(`the transaction met ${result.obstacles.join(', ')}`);
  }

  #put(row: Row, condition: Partial<ReturnType<typeof isOfVersion>> = {}): TransactionItem {
    return { Put: { TableName: this.#tableName, Item: row, ...condition } };
  }

  #delete({ pk, sk }: ItemKey): TransactionItem {
    return { Delete: { TableName: this.#tableName, Key: { pk, sk } } };
  }
}
