import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../shared/dynamo/batch-get.ts';
import { keys, partitions, prefixes } from '../contract.ts';
import { readIndex } from '../dynamo-index.ts';
import { sizedPage } from '../sized-page.ts';
import { contentItem, contentOf } from './content-rows.ts';
import type { ContentStore, StoredContent } from './content-store.ts';
import type { Page } from '../page.ts';

/** Items of a list that are read at once: of 400 KB each. */
const itemsPerRead = 10;

const entrySchema = z.object({ pk: z.string(), ulid: z.ulid() });

/** Content in push's table: one conditional write for each change. */
export function dynamoContentStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): ContentStore {
  return new DynamoContentStore(client, tableName);
}

class DynamoContentStore implements ContentStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async get(ref: string): Promise<StoredContent | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: keys.content(ref), ConsistentRead: true }),
    );
    return Item && contentOf(Item);
  }

  async put(content: StoredContent): Promise<boolean> {
    const item = contentItem(content);
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: item,
          ...(content.version === 1
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : isVersion(content.version - 1, content.ulid)),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK repeats a write whose answer was lost, and meets what it has written itself.
      return error.Item !== undefined && isDeepStrictEqual(unmarshall(error.Item), item);
    }
  }

  async remove({ ref, version, ulid }: StoredContent): Promise<boolean> {
    try {
      await this.#client.send(
        new DeleteCommand({
          TableName: this.#tableName,
          Key: keys.content(ref),
          ...isVersion(version, ulid),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async list(
    type: string,
    page: { after: string | undefined; limit: number; order: 'asc' | 'desc' },
  ): Promise<Page<StoredContent>> {
    const entries = await readIndex(
      this.#client,
      this.#tableName,
      { index: 'listed', partition: partitions.contentOf(type), ...page },
      entrySchema,
    );
    return sizedPage(entries, {
      itemsPerRead,
      read: async (some) => {
        const refs = some.map(({ pk }) => keys.content(pk.slice(prefixes.content.length)));
        const items = await batchGet(this.#client, this.#tableName, refs);
        // An item that was deleted and made anew is in the list a second time, for its present making.
        const found = new Map(items.map(contentOf).map((content) => [content.ulid, content]));
        return some.map(({ ulid }) => found.get(ulid));
      },
    });
  }
}

/** A version of this making of an item: one that is made anew begins with version 1 again. */
function isVersion(version: number, ulid: string) {
  return {
    ConditionExpression: '#version = :version AND #ulid = :ulid',
    ExpressionAttributeNames: { '#version': 'version', '#ulid': 'ulid' },
    ExpressionAttributeValues: { ':version': version, ':ulid': ulid },
  };
}
