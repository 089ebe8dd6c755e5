import type { TransactionItem } from '../shared/dynamo/transaction.ts';
import { keys } from './contract.ts';
import type { CopyChange, OwnWrite, SendOutcome, SendWrite, SideChange } from './convo-store.ts';
import { copyRow, messageRow, sideRow } from './convo-rows.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

/** An item of a transaction, and what it means when its condition is false. */
export interface ConditionalItem {
  item: TransactionItem;
  refusal?: Extract<SendOutcome, 'taken' | 'stale' | 'limit'>;
}

/** All that a message in its thread writes. */
export function sendItems(tableName: string, write: SendWrite): ConditionalItem[] {
  const { message, sender, recipient, copies, newThread, unlessSent } = write;
  return [
    {
      item: {
        Put: {
          TableName: tableName,
          Item: messageRow(message),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      refusal: 'taken',
    },
    putSide(tableName, sender),
    putSide(tableName, recipient),
    ...copies.map((copy) => ({ item: { Put: { TableName: tableName, Item: copyRow(copy) } } })),
    addUnread(tableName, recipient, write.blockChanges),
    ...(unlessSent === undefined ? [] : [checkUnsent(tableName, unlessSent)]),
    ...(newThread ? [countThread(tableName, message.sender, newThread)] : []),
  ];
}

/** All that a change of one's own side writes; the unread count only where it changes. */
export function ownItems(tableName: string, write: OwnWrite): ConditionalItem[] {
  const { side, copy, seen = [], erasure } = write;
  const items = [putSide(tableName, side)];
  if (unreadStep(side).unread !== 0) items.push(addUnread(tableName, side));
  if (copy) items.push(changeCopy(tableName, copy));
  items.push(...seen.map((one) => checkCopy(tableName, one)));
  if (erasure) items.push(countErased(tableName, side.after.owner, erasure));
  return items;
}

function checkUnsent(tableName: string, nonce: string): ConditionalItem {
  return {
    item: {
      ConditionCheck: {
        TableName: tableName,
        Key: keys.message(nonce),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    refusal: 'taken',
  };
}

function putSide(tableName: string, { before, after }: SideChange): ConditionalItem {
  return {
    item: { Put: { TableName: tableName, Item: sideRow(after), ...unchanged(before) } },
    refusal: 'stale',
  };
}

/**
 * That a side still is as it was read. A side that was removed and made anew counts from the start, but
 * its last message is a later one.
 */
export function unchanged(side: ThreadSide | undefined) {
  if (!side) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version AND #last = :last',
    ExpressionAttributeNames: { '#version': 'version', '#last': 'last' },
    ExpressionAttributeValues: { ':version': side.version, ':last': side.last },
  };
}

/** By how much the owner's unread count changes with a side. */
function unreadStep({ before, after }: SideChange): { unread: number; threads: number } {
  const { unread = 0 } = before ?? {};
  return {
    unread: after.unread - unread,
    threads: Number(after.unread > 0) - Number(unread > 0),
  };
}

/** @param blockChanges when given: how many there must have been */
function addUnread(tableName: string, side: SideChange, blockChanges?: number): ConditionalItem {
  const { unread, threads } = unreadStep(side);
  const condition =
    blockChanges === 0 ? 'attribute_not_exists(blockChanges)' : 'blockChanges = :seen';
  return {
    item: {
      Update: {
        TableName: tableName,
        Key: keys.state(side.after.owner),
        UpdateExpression: 'ADD unread :unread, unreadThreads :threads',
        ...(blockChanges !== undefined && { ConditionExpression: condition }),
        ExpressionAttributeValues: {
          ':unread': unread,
          ':threads': threads,
          ...(blockChanges !== undefined && blockChanges > 0 && { ':seen': blockChanges }),
        },
      },
    },
    refusal: 'stale',
  };
}

function countThread(
  tableName: string,
  sender: string,
  { hour, limit, expiresAtSeconds }: NonNullable<SendWrite['newThread']>,
): ConditionalItem {
  return {
    item: {
      Update: {
        TableName: tableName,
        Key: keys.hour(sender, hour),
        UpdateExpression: 'ADD threads :one SET expiresAt = :expiresAt',
        ConditionExpression: 'attribute_not_exists(threads) OR threads < :limit',
        ExpressionAttributeValues: {
          ':one': 1,
          ':limit': limit,
          ':expiresAt': expiresAtSeconds,
        },
      },
    },
    refusal: 'limit',
  };
}

function changeCopy(tableName: string, { before, after }: CopyChange): ConditionalItem {
  const same = unmarkedSince(before);
  const item: TransactionItem = after
    ? { Put: { TableName: tableName, Item: copyRow(after), ...same } }
    : { Delete: { TableName: tableName, Key: keyOf(before), ...same } };
  return { item, refusal: 'stale' };
}

function checkCopy(tableName: string, copy: MessageCopy): ConditionalItem {
  return {
    item: {
      ConditionCheck: { TableName: tableName, Key: keyOf(copy), ...unmarkedSince(copy) },
    },
    refusal: 'stale',
  };
}

function keyOf({ owner, thread, ulid }: MessageCopy) {
  return keys.copy(owner, thread, ulid);
}

/** That a copy is there, with its mark as it was read. */
function unmarkedSince(copy: MessageCopy) {
  const there = 'attribute_exists(pk)';
  const { mark } = copyRow(copy);
  if (mark === undefined) return { ConditionExpression: `${there} AND attribute_not_exists(mark)` };
  return {
    ConditionExpression: `${there} AND mark = :mark`,
    ExpressionAttributeValues: { ':mark': mark },
  };
}

function countErased(
  tableName: string,
  ref: string,
  { erasureId, messages }: NonNullable<OwnWrite['erasure']>,
): ConditionalItem {
  return {
    item: {
      Update: {
        TableName: tableName,
        Key: keys.erasure(ref),
        UpdateExpression: 'ADD removed :messages',
        ConditionExpression: 'erasureId = :erasureId',
        ExpressionAttributeValues: { ':messages': messages, ':erasureId': erasureId },
      },
    },
    refusal: 'stale',
  };
}
