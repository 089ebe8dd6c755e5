import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../shared/dynamo/batch-get.ts';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { keys } from './contract.ts';
import type { Row } from './convo-rows.ts';

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
   * What there is of some keys, in any order; none may be named twice.
   *
   * @param attributes those to read; all when absent
   * @throws TransientError when DynamoDB keeps leaving keys unprocessed.
   */
  async some(wanted: readonly ItemKey[], attributes?: readonly string[]): Promise<Row[]> {
    return batchGet(this.#client, this.#tableName, wanted, attributes && { attributes });
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
