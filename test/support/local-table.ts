import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { newDocumentClient } from '../../lambdas/shared/dynamo/document-client.ts';
import type { IndexKeys } from '../../lambdas/shared/dynamo/table-keys.ts';
import { endpointVariable, failureVariable } from './dynamodb-local-setup.ts';

export interface LocalTable {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** Another client of the same table, e.g. one that repeats nothing by itself (`maxAttempts: 1`). */
  connect: (config: Pick<DynamoDBClientConfig, 'maxAttempts'>) => DynamoDBDocumentClient;
  stop: () => Promise<void>;
}

/**
 * A table of its own in the run's DynamoDB Local, with the keys of a domain's table and the indexes of
 * its contract: what `lib/data-table.ts` makes on AWS.
 */
export async function startLocalTable(
  indexes: Readonly<Record<string, IndexKeys>>,
): Promise<LocalTable> {
  const endpoint = process.env[endpointVariable];
  if (endpoint === undefined) {
    throw new Error(process.env[failureVariable] ?? 'only the contract project has DynamoDB Local');
  }
  const clients: DynamoDBDocumentClient[] = [];
  const connect = (config: Pick<DynamoDBClientConfig, 'maxAttempts'> = {}) => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const made = newDocumentClient({ endpoint, region: 'us-east-1', credentials, ...config });
    clients.push(made);
    return made;
  };
  const client = connect();
  const tableName = `table-${randomUUID()}`;
  const keys = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...new Set(['pk', 'sk', ...keys])].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: Object.entries(indexes).map(([name, index]) => ({
        IndexName: name,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection: projectionOf(index),
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: tableName });
  return {
    client,
    tableName,
    connect,
    stop: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      for (const made of clients) made.destroy();
    },
  };
}

function projectionOf({ projection }: IndexKeys) {
  if (projection === 'all') return { ProjectionType: 'ALL' as const };
  if (projection === 'keys') return { ProjectionType: 'KEYS_ONLY' as const };
  return { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projection.include] };
}

function keySchema(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
}
