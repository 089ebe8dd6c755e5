import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { BatchWriteCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../errors.ts';

/** Items of one BatchWriteItem call (DynamoDB's limit). */
const itemsPerCall = 25;

/** Calls under way at once; more only queue up in the client's connections. */
const parallelCalls = 4;

/** Tries for items that DynamoDB hands back unprocessed; the wait between them doubles. */
const tries = 8;
const firstWaitMs = 25;

type Writes = NonNullable<BatchWriteCommandInput['RequestItems']>[string];

/** A put or a delete of BatchWriteItem. */
export type BatchWrite = Writes[number];

/**
 * Writes any number of items of one table; none may name the same key twice. Not a transaction: after an
 * error some are written, so callers' writes bear to be repeated.
 *
 * @throws TransientError when DynamoDB keeps handing items back.
 */
export async function batchWrite(
  client: DynamoDBDocumentClient,
  tableName: string,
  writes: readonly BatchWrite[],
): Promise<void> {
  const calls: Writes[] = [];
  for (let start = 0; start < writes.length; start += itemsPerCall) {
    calls.push(writes.slice(start, start + itemsPerCall));
  }
  const worker = async (): Promise<void> => {
    for (let call = calls.shift(); call; call = calls.shift()) {
      await writeAll(client, tableName, call);
    }
  };
  await Promise.all(Array.from({ length: parallelCalls }, worker));
}

async function writeAll(
  client: DynamoDBDocumentClient,
  tableName: string,
  writes: Writes,
): Promise<void> {
  let left = writes;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [tableName]: left } }),
    );
    left = UnprocessedItems?.[tableName] ?? [];
    if (left.length === 0) return;
    await sleep(firstWaitMs * 2 ** attempt * (0.5 + Math.random() / 2));
  }
  throw new TransientError(`DynamoDB handed back ${left.length} writes unprocessed`);
}
