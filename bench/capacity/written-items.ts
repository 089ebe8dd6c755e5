import * as z from 'zod';

export interface WrittenItem {
  tableName: string;
  key: { pk: string; sk: string };
}

const key = z.object({ pk: z.string(), sk: z.string() });
const byItem = z.object({ TableName: z.string(), Item: key });
const byKey = z.object({ TableName: z.string(), Key: key });
const single = z.union([byItem, byKey]);

const transaction = z.object({
  TransactItems: z.array(
    z.union([
      z.object({ Put: byItem }),
      z.object({ Update: byKey }),
      z.object({ Delete: byKey }),
      z.object({ ConditionCheck: byKey }),
    ]),
  ),
});

const batch = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.union([
        z.object({ PutRequest: z.object({ Item: key }) }),
        z.object({ DeleteRequest: z.object({ Key: key }) }),
      ]),
    ),
  ),
});

/** The items that a write touches, those of a transaction's condition checks too. */
export function writtenItems(operation: string, input: unknown): WrittenItem[] {
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [writtenItem(single.parse(input))];
    case 'TransactWriteItems':
      return transaction
        .parse(input)
        .TransactItems.flatMap((item) => Object.values(item).map(writtenItem));
    case 'BatchWriteItem':
      return Object.entries(batch.parse(input).RequestItems).flatMap(([tableName, requests]) =>
        requests.map((request) => ({
          tableName,
          key: 'PutRequest' in request ? request.PutRequest.Item : request.DeleteRequest.Key,
        })),
      );
    default:
      return [];
  }
}

function writtenItem(write: z.output<typeof single>): WrittenItem {
  return { tableName: write.TableName, key: 'Item' in write ? write.Item : write.Key };
}
