import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keys } from './contract.ts';
import type { Row } from './hook-rows.ts';

interface Table {
  client: DynamoDBDocumentClient;
  tableName: string;
}

/** ULIDs of hooks, newest first; `after` is there when there are more. */
export async function hookPage(
  { client, tableName }: Table,
  of: { owner: string | null } | 'all',
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ ulids: string[]; after?: string | undefined }> {
  const { pk } = of === 'all' ? keys.listed('') : keys.owned(of.owner, '');
  const ulids: string[] = [];
  let from: Row | undefined = after === undefined ? undefined : { pk, sk: after };
  do {
    // One more than asked for tells whether there are more.
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ProjectionExpression: 'sk',
        ScanIndexForward: false,
        ConsistentRead: true,
        ExclusiveStartKey: from,
        Limit: limit + 1 - ulids.length,
      }),
    );
    ulids.push(...Items.map(({ sk }) => String(sk)));
    from = LastEvaluatedKey;
  } while (from !== undefined && ulids.length <= limit);
  const page = ulids.slice(0, limit);
  return { ulids: page, ...(ulids.length > limit && { after: page.at(-1) }) };
}

/** Rows of all subscriptions of a resource or of the installation. */
export async function subscriptionRows(
  { client, tableName }: Table,
  owner: string | null,
): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Row | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.owned(owner, '').pk },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    rows.push(...Items);
    from = LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
}
