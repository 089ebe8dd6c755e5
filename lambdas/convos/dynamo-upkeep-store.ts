import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchWrite } from '../shared/dynamo/batch-write.ts';
import type { ItemKey } from '../shared/dynamo/table-keys.ts';
import { boxPrefixes, keys } from './contract.ts';
import { erasureOf, sideOf } from './convo-rows.ts';
import { DynamoConvoTable } from './dynamo-convo-table.ts';
import { unchanged } from './dynamo-convo-writes.ts';
import { nonceOf } from './message.ts';
import type { MessageCopy } from './thread-side.ts';
import type { UpkeepStore } from './upkeep-store.ts';

const copyKey = z.object({ sk: z.string().startsWith(boxPrefixes.copy) });

/** The upkeep's view of the convos' table: what a user has, page by page, and removals one by one. */
export function dynamoUpkeepStore(client: DynamoDBDocumentClient, tableName: string): UpkeepStore {
  const table = new DynamoConvoTable(client, tableName);

  return {
    async sidesOf(owner, { after, limit }) {
      const rows = await table.box(owner, { prefix: boxPrefixes.side, above: after, limit });
      return rows.map(sideOf);
    },

    async removeCopies(copies) {
      await batchWrite(
        client,
        tableName,
        distinctKeys(copies).map((Key) => ({ DeleteRequest: { Key } })),
      );
    },

    async held(copies) {
      const rows = await table.some(distinctKeys(copies), ['sk']);
      return new Set(rows.map((row) => ulidOf(copyKey.parse(row).sk)));
    },

    async removeMessage(ulid, nowMs, keepKeyUntilMs) {
      const row = { TableName: tableName, Key: keys.message(nonceOf(ulid)) };
      // The nonce may have been used again since this message went.
      const ConditionExpression = '#ulid = :ulid';
      const remove = new DeleteCommand({
        ...row,
        ConditionExpression,
        ExpressionAttributeNames: { '#ulid': 'ulid' },
        ExpressionAttributeValues: { ':ulid': ulid },
      });
      const strip = new UpdateCommand({
        ...row,
        UpdateExpression:
          'REMOVE #body, #subject SET #expiresAt = if_not_exists(#expiresAt, :expiresAt)',
        ConditionExpression,
        ExpressionAttributeNames: {
          '#ulid': 'ulid',
          '#body': 'body',
          '#subject': 'subject',
          '#expiresAt': 'expiresAt',
        },
        ExpressionAttributeValues: {
          ':ulid': ulid,
          ':expiresAt': Math.ceil(keepKeyUntilMs / 1000),
        },
      });
      await unlessRefused(async () => client.send(keepKeyUntilMs <= nowMs ? remove : strip));
    },

    async removeSide(side) {
      await unlessRefused(async () =>
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: keys.side(side.owner, side.thread),
            ...unchanged(side),
          }),
        ),
      );
    },

    async removeState(owner) {
      await unlessRefused(async () =>
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: keys.state(owner),
            ConditionExpression:
              '(attribute_not_exists(unread) OR unread = :none) AND attribute_not_exists(blockChanges)',
            ExpressionAttributeValues: { ':none': 0 },
          }),
        ),
      );
    },

    async erasure(ref) {
      const row = await table.get(keys.erasure(ref));
      if (!row) return undefined;
      const { erasureId, removed, done } = erasureOf(row);
      return { erasureId, removed, done };
    },

    async beginErasure(ref, erasureId) {
      await unlessRefused(async () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...keys.erasure(ref), erasureId, removed: 0, done: false },
            ConditionExpression: 'attribute_not_exists(pk) OR erasureId < :erasureId',
            ExpressionAttributeValues: { ':erasureId': erasureId },
          }),
        ),
      );
    },

    async finishErasure(ref, erasureId) {
      await unlessRefused(async () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keys.erasure(ref),
            UpdateExpression: 'SET done = :true',
            ConditionExpression: 'erasureId = :erasureId',
            ExpressionAttributeValues: { ':true': true, ':erasureId': erasureId },
          }),
        ),
      );
    },
  };
}

/** A write that finds nothing to do any more is done. */
async function unlessRefused(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** One call of DynamoDB may not name a key twice. */
function distinctKeys(
  copies: readonly Pick<MessageCopy, 'owner' | 'thread' | 'ulid'>[],
): ItemKey[] {
  const byName = new Map<string, ItemKey>();
  for (const { owner, thread, ulid } of copies) {
    const key = keys.copy(owner, thread, ulid);
    byName.set(`${key.pk}#${key.sk}`, key);
  }
  return [...byName.values()];
}

/** `M#<thread>#<ulid>` */
function ulidOf(sk: string): string {
  return sk.slice(sk.lastIndexOf('#') + 1);
}
