import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../shared/errors.ts';
import { keys } from './contract.ts';
import type { Row } from './convo-rows.ts';

export interface ItemKey {
  pk: string;
  sk: string;
}

/** A range of sort keys in a user's partition. Behind the prefix stand ULIDs, so of one length. */
export interface BoxRange {
  prefix: string;
  /** Behind this (exclusive). */
  above?: string | undefined;
  /** Before this (exclusive). */
  below?: string | undefined;
  /** @default asc */
  order?: 'asc' | 'desc';
  limit: number;
}

/** Reads for keys that DynamoDB leaves unprocessed; the wait between them doubles. */
const readsOfUnprocessed = 8;
const unprocessedWaitMs = 10;

const itemKey = z.object({ pk: z.string(), sk: z.string() });

/** Reads the convos' table, strongly consistently where DynamoDB can. */
export class DynamoConvoTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async get(key: ItemKey): Promise<Row | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  /**
   * Two different items in one read.
   *
   * @throws TransientError when DynamoDB keeps leaving keys unprocessed.
   */
  async both(one: ItemKey, other: ItemKey): Promise<[Row | undefined, Row | undefined]> {
    const found = await this.some([one, other]);
    const rowOf = ({ pk, sk }: ItemKey) =>
      found.find((row) => row['pk'] === pk && row['sk'] === sk);
    return [rowOf(one), rowOf(other)];
  }

  /**
   * What there is of up to 100 keys, in any order; none may be named twice.
   *
   * @param attributes those to read; all when absent
   * @throws TransientError when DynamoDB keeps leaving keys unprocessed.
   */
  async some(wanted: readonly ItemKey[], attributes?: readonly string[]): Promise<Row[]> {
    const names = attributes?.map((name): [string, string] => [`#${name}`, name]);
    const projection = names && {
      ProjectionExpression: names.map(([placeholder]) => placeholder).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names),
    };
    const found: Row[] = [];
    let left = wanted.map(({ pk, sk }) => ({ pk, sk }));
    for (let reads = 0; left.length > 0; reads++) {
      if (reads === readsOfUnprocessed) throw new TransientError('keys stay unprocessed');
      if (reads > 0) await sleep(unprocessedWaitMs * 2 ** reads * (0.5 + Math.random() / 2));
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetCommand({
          RequestItems: { [this.#tableName]: { Keys: left, ConsistentRead: true, ...projection } },
        }),
      );
      found.push(...(Responses?.[this.#tableName] ?? []));
      left = z.array(itemKey).parse(UnprocessedKeys?.[this.#tableName]?.Keys ?? []);
    }
    return found;
  }

  /** Items of a user's partition; fewer than the limit only at the end. */
  async box(
    user: string,
    { prefix, above, below, order = 'asc', limit }: BoxRange,
  ): Promise<Row[]> {
    const first = above === undefined ? prefix : justAbove(`${prefix}${above}`);
    const last = below === undefined ? `${prefix}${behindAll}` : justBelow(`${prefix}${below}`);
    // DynamoDB refuses a BETWEEN that begins behind its end.
    if (first > last) return [];
    return this.query(
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': keys.box(user), ':first': first, ':last': last },
        ScanIndexForward: order === 'asc',
        ConsistentRead: true,
      },
      limit,
    );
  }

  /** The first items of a query. A second call only where a page would exceed DynamoDB's 1 MB. */
  async query(input: QueryCommandInput, limit: number): Promise<Row[]> {
    const found: Row[] = [];
    let from: Row | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({ ...input, ExclusiveStartKey: from, Limit: limit - found.length }),
      );
      found.push(...Items);
      from = LastEvaluatedKey;
    } while (from !== undefined && found.length < limit);
    return found;
  }
}

/** Characters that sort before and behind all of a ULID. */
const beforeAll = '#';
const behindAll = '~';

/** A bound between a key and every larger one of the same length. */
function justAbove(key: string): string {
  return `${key}${beforeAll}`;
}

/** A bound below a key that no smaller one of the same length exceeds. */
function justBelow(key: string): string {
  const lastCharacter = key.charCodeAt(key.length - 1);
  return `${key.slice(0, -1)}${String.fromCharCode(lastCharacter - 1)}`;
}
