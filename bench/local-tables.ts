import { CreateTableCommand, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClientConfig, Projection } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { indexes as convosIndexes } from '../lambdas/convos/contract.ts';
import { indexes as followsIndexes } from '../lambdas/follows/contract.ts';
import { indexes as pushIndexes } from '../lambdas/push/contract.ts';
import { newDocumentClient } from '../lambdas/shared/dynamo/document-client.ts';
import type { IndexKeys } from '../lambdas/shared/dynamo/table-keys.ts';
import { indexes as timelinesIndexes } from '../lambdas/timelines/contract.ts';
import { indexes as webhooksIndexes } from '../lambdas/webhooks/contract.ts';
import { startDynamoDbLocal } from '../scripts/local/dynamodb-local.ts';
import type { Indexes } from './capacity/write-units.ts';

export const tables = {
  follows: 'follows',
  timelines: 'timelines',
  convos: 'convos',
  webhooks: 'webhooks',
  /** Also of webhooks, and always empty: nothing in it is due. */
  idleWebhooks: 'idle-webhooks',
  push: 'push',
  /** Also of push, and always empty: nothing in it is NEW. */
  idlePush: 'idle-push',
} as const;

/** Indexes by table. */
export const tableIndexes: Readonly<Record<string, Indexes>> = {
  [tables.follows]: followsIndexes,
  [tables.timelines]: timelinesIndexes,
  [tables.convos]: convosIndexes,
  [tables.webhooks]: webhooksIndexes,
  [tables.idleWebhooks]: webhooksIndexes,
  [tables.push]: pushIndexes,
  [tables.idlePush]: pushIndexes,
};

export interface LocalTables {
  endpoint: string;
  /** A new client, of the kind that the functions make. */
  client: (config?: DynamoDBClientConfig) => DynamoDBDocumentClient;
  stop: () => Promise<void>;
}

/** All tables in one DynamoDB Local, with the indexes of their contracts. */
export async function startLocalTables(report: (progress: string) => void): Promise<LocalTables> {
  const { endpoint, stop } = await startDynamoDbLocal(undefined, report);
  const clients: DynamoDBDocumentClient[] = [];
  const client = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient => {
    const made = newDocumentClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      ...config,
    });
    clients.push(made);
    return made;
  };
  const end = async (): Promise<void> => {
    for (const one of clients) one.destroy();
    await stop();
  };
  try {
    for (const tableName of Object.values(tables)) {
      await createTable(client(), tableName).catch((error: unknown) => {
        // On a busy machine the SDK asks again while the first answer is on its way.
        if (!(error instanceof ResourceInUseException)) throw error;
      });
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { endpoint, client, stop: end };
}

async function createTable(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  const indexes = Object.entries(tableIndexes[tableName] ?? {});
  const attributes = indexes.flatMap(([, { partitionKey, sortKey }]) => [partitionKey, sortKey]);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...new Set(['pk', 'sk', ...attributes])].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: indexes.map(([name, { partitionKey, sortKey, projection }]) => ({
        IndexName: name,
        KeySchema: keySchema(partitionKey, sortKey),
        Projection: projected(projection),
      })),
    }),
  );
}

function projected(projection: IndexKeys['projection']): Projection {
  if (projection === 'all') return { ProjectionType: 'ALL' };
  if (projection === 'keys') return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projection.include] };
}

function keySchema(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
}
