import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ContentStore } from '../../../lambdas/push/content/content-store.ts';
import { dynamoContentStore } from '../../../lambdas/push/content/dynamo-content-store.ts';
import { dynamoRowStore } from '../../../lambdas/push/queue/dynamo-row-store.ts';
import type { RowStore } from '../../../lambdas/push/queue/row-store.ts';
import { dynamoLaneStore } from '../../../lambdas/push/runs/dynamo-lane-store.ts';
import { dynamoRunStore } from '../../../lambdas/push/runs/dynamo-run-store.ts';
import type { LaneStore } from '../../../lambdas/push/runs/lane-store.ts';
import type { RunStore } from '../../../lambdas/push/runs/run-store.ts';
import type { Pace } from '../../../lambdas/shared/persist.ts';
import { InMemoryContentStore } from './in-memory-content-store.ts';
import { InMemoryLaneStore } from './in-memory-lane-store.ts';
import { InMemoryRowStore } from './in-memory-row-store.ts';
import { InMemoryRunStore } from './in-memory-run-store.ts';

export interface PushStores {
  content: ContentStore;
  rows: RowStore;
  runs: RunStore;
  lanes: LaneStore;
}

/** Long enough for twenty parties at one item. */
export const patientPace: Pace = {
  now: Date.now,
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  patienceMs: 10_000,
};

export function storesInMemory(): PushStores {
  return {
    content: new InMemoryContentStore(),
    rows: new InMemoryRowStore(),
    runs: new InMemoryRunStore(),
    lanes: new InMemoryLaneStore(),
  };
}

export function storesInTable(
  { client, tableName }: { client: DynamoDBDocumentClient; tableName: string },
  pace: Pace = patientPace,
): PushStores {
  return {
    content: dynamoContentStore(client, tableName),
    rows: dynamoRowStore(client, tableName, pace),
    runs: dynamoRunStore(client, tableName, { pace, newNonce: randomUUID }),
    lanes: dynamoLaneStore(client, tableName, randomUUID),
  };
}
