import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transactionCanceled } from '../../test/support/dynamodb-errors.ts';
import { operationOf } from '../capacity/operation.ts';
import { writtenItems } from '../capacity/written-items.ts';

const transactWrite = 'TransactWriteItems';

/** What happened to the transactions of a client. */
export interface TransactionTally {
  sent: number;
  /** Refused because another one that was under way touched one of their items. */
  conflicts: number;
}

/** Counts a client's transactions; with `conflicts` refuses, as AWS does, those that collide. */
export function tallyTransactions(
  client: DynamoDBDocumentClient,
  options: { conflicts: boolean },
): TransactionTally {
  const tally: TransactionTally = { sent: 0, conflicts: 0 };
  const underWay = new Set<string>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (operationOf(context) !== transactWrite) return next(args);
      tally.sent += 1;
      if (!options.conflicts) return next(args);
      const items = writtenItems(transactWrite, args.input).map(({ tableName, key }) =>
        JSON.stringify([tableName, key.pk, key.sk]),
      );
      const collides = items.map((item) => underWay.has(item));
      if (collides.includes(true)) {
        tally.conflicts += 1;
        throw transactionCanceled(collides.map((one) => (one ? 'TransactionConflict' : 'None')));
      }
      for (const item of items) underWay.add(item);
      try {
        return await next(args);
      } finally {
        for (const item of items) underWay.delete(item);
      }
    },
    { step: 'initialize', priority: 'high', name: 'tallyTransactions' },
  );
  return tally;
}
