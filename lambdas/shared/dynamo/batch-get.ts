import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../errors.ts';
import type { ItemKey } from './table-keys.ts';

/** Keys of one BatchGetItem call (DynamoDB's limit). */
const keysPerCall = 100;

/** Reads for keys that DynamoDB leaves unprocessed; the wait between them doubles. */
const readsOfUnprocessed = 8;
const unprocessedWaitMs = 10;

const itemKey = z.object({ pk: z.string(), sk: z.string() });

export interface BatchGetOptions {
  /** Attributes to read. @default all */
  attributes?: readonly string[];
  /** @default true */
  consistent?: boolean;
}

/**
 * What there is of these keys, in any order; none may be named twice. Each item is of a moment of its
 * own: together they are no snapshot.
 *
 * @throws TransientError when DynamoDB keeps leaving keys unprocessed.
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly ItemKey[],
  { attributes, consistent = true }: BatchGetOptions = {},
): Promise<Record<string, unknown>[]> {
  const placeholders = attributes?.map((name): [string, string] => [`#${name}`, name]);
  const how = {
    ConsistentRead: consistent,
    ...(placeholders && {
      ProjectionExpression: placeholders.map(([placeholder]) => placeholder).join(', '),
      ExpressionAttributeNames: Object.fromEntries(placeholders),
    }),
  };
  const found: Record<string, unknown>[] = [];
  for (let start = 0; start < keys.length; start += keysPerCall) {
    let left = keys.slice(start, start + keysPerCall).map(({ pk, sk }) => ({ pk, sk }));
    for (let reads = 0; left.length > 0; reads += 1) {
      if (reads === readsOfUnprocessed) throw new TransientError('keys stay unprocessed');
      if (reads > 0) await sleep(unprocessedWaitMs * 2 ** reads * (0.5 + Math.random() / 2));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left, ...how } } }),
      );
      found.push(...(Responses?.[tableName] ?? []));
      left = z.array(itemKey).parse(UnprocessedKeys?.[tableName]?.Keys ?? []);
    }
  }
  return found;
}
