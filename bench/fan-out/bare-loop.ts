import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/timelines/contract.ts';
import { tables } from '../local-tables.ts';
import { atOnce } from './at-once.ts';
import type { CopyJob } from './planned-chunks.ts';

/** Rows of one call (DynamoDB's limit). */
const rowsPerCall = 25;

type Row = Record<string, unknown>;

/** The rows that the worker would write for these jobs, by calls. */
export function callsFor(jobs: readonly CopyJob[]): Row[][] {
  const rows = jobs.flatMap(({ action: { ulid, ...action }, followers }) =>
    followers.map(([owner, followId]) => ({
      pk: keys.privateTimeline(owner),
      sk: `${ulid}#${followId}`,
      ...action,
    })),
  );
  return Array.from({ length: Math.ceil(rows.length / rowsPerCall) }, (_none, call) =>
    rows.slice(call * rowsPerCall, (call + 1) * rowsPerCall),
  );
}

/** Nothing but writing, so many calls at once. */
export async function bareLoop(
  client: DynamoDBDocumentClient,
  calls: readonly Row[][],
  limit: number,
): Promise<void> {
  await atOnce(calls, limit, async (rows) => {
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({
        RequestItems: { [tables.timelines]: rows.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('rows were handed back');
  });
}
