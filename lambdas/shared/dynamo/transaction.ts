import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactGetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../errors.ts';
import type { ItemKey } from './table-keys.ts';

export type TransactionItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What stood against one item of a transaction. */
export type Obstacle =
  | 'none'
  /** Its condition was false. */
  | 'condition'
  /** Another transaction was writing it at the same moment. */
  | 'conflict'
  /** Its partition takes no more writes at this moment. */
  | 'throttled';

export type TransactionOutcome =
  | { outcome: 'done' }
  /** Nothing was written; one obstacle for each item, in the order given. */
  | { outcome: 'cancelled'; obstacles: Obstacle[] };

const obstacles: Readonly<Record<string, Obstacle>> = {
  None: 'none',
  ConditionalCheckFailed: 'condition',
  TransactionConflict: 'conflict',
  ThrottlingError: 'throttled',
  ProvisionedThroughputExceeded: 'throttled',
};

/**
 * Writes up to 100 items as one. A cancellation that the caller can act upon is an outcome.
 *
 * @throws TransientError when the answer was lost or the service refused: it may have been written.
 * @throws TransactionCanceledException when an item itself is wrong (too large, of the wrong type).
 */
export async function transact(
  client: DynamoDBDocumentClient,
  items: TransactionItem[],
): Promise<TransactionOutcome> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: items }));
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const found: Obstacle[] = [];
    for (const { Code = 'None' } of error.CancellationReasons ?? []) {
      const obstacle = obstacles[Code];
      if (obstacle === undefined) throw error;
      found.push(obstacle);
    }
    if (found.every((obstacle) => obstacle === 'none')) throw error;
    return { outcome: 'cancelled', obstacles: found };
  }
}

/**
 * Reads up to 100 items as they are at one moment, in the order given.
 *
 * @throws TransientError while one of them is being written by a transaction, too.
 */
export async function transactGet(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly ItemKey[],
): Promise<(Record<string, unknown> | undefined)[]> {
  try {
    const { Responses = [] } = await client.send(
      new TransactGetCommand({
        TransactItems: keys.map(({ pk, sk }) => ({
          Get: { TableName: tableName, Key: { pk, sk } },
        })),
      }),
    );
    return keys.map((_key, place) => Responses[place]?.Item);
  } catch (error) {
    if (error instanceof TransactionCanceledException && onlyPassing(error)) {
      throw new TransientError(error.name, { cause: error });
    }
    throw error;
  }
}

function onlyPassing({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  const found = CancellationReasons.map(({ Code = 'None' }) => obstacles[Code]);
  return (
    found.some((one) => one !== 'none') &&
    !found.some((one) => one === undefined || one === 'condition')
  );
}
