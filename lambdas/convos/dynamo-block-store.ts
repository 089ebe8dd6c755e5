import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { transact, transactGet } from '../shared/dynamo/transaction.ts';
import type { TransactionItem } from '../shared/dynamo/transaction.ts';
import type { Block, BlockStore } from './block-store.ts';
import { boxPrefixes, keys } from './contract.ts';
import { blockOf, blockRow, stateOf } from './convo-rows.ts';
import { DynamoConvoTable } from './dynamo-convo-table.ts';

/** Of two users the one whose reference sorts first is the lower; each block's ULID. */
const pairSchema = z.object({ byLower: z.ulid().optional(), byHigher: z.ulid().optional() });
type PairAttribute = keyof z.output<typeof pairSchema>;

/**
 * Keeps blocks in the convos' table. Adding one is one transaction of 8 write units (2 for each of four
 * items); removing one reads the pair first, as the row of a pair without any block goes.
 */
export function dynamoBlockStore(client: DynamoDBDocumentClient, tableName: string): BlockStore {
  const table = new DynamoConvoTable(client, tableName);

  const pair = async (one: string, other: string) =>
    pairSchema.parse((await table.get(pairKey(one, other))) ?? {});

  /** Tells both users' state, so that no message that is being sent overlooks the change. */
  const tellBoth = ({ blocker, blocked }: Block): TransactionItem[] =>
    [blocker, blocked].map((user) => ({
      Update: {
        TableName: tableName,
        Key: keys.state(user),
        UpdateExpression: 'ADD blockChanges :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
    }));

  return {
    async between(one, other) {
      const found = await pair(one, other);
      const { of, back } = attributesOf(one, other);
      return { ofOne: found[of], ofOther: found[back] };
    },

    async lookBeforeSending(sender, recipient) {
      const [found, state] = await transactGet(client, tableName, [
        pairKey(sender, recipient),
        keys.state(recipient),
      ]);
      const { byLower, byHigher } = pairSchema.parse(found ?? {});
      const blocked = byLower !== undefined || byHigher !== undefined;
      return { blocked, blockChanges: stateOf(state).blockChanges };
    },

    async add(block) {
      const { blocker, blocked, ulid } = block;
      const result = await transact(client, [
        {
          Update: {
            TableName: tableName,
            Key: pairKey(blocker, blocked),
            UpdateExpression: 'SET #of = :ulid',
            ConditionExpression: 'attribute_not_exists(#of)',
            ExpressionAttributeNames: { '#of': attributesOf(blocker, blocked).of },
            ExpressionAttributeValues: { ':ulid': ulid },
          },
        },
        { Put: { TableName: tableName, Item: blockRow(block) } },
        ...tellBoth(block),
      ]);
      if (result.outcome === 'done') return 'done';
      return result.obstacles.includes('condition') ? 'exists' : 'busy';
    },

    async remove(block) {
      const { blocker, blocked, ulid } = block;
      const { of, back } = attributesOf(blocker, blocked);
      const found = await pair(blocker, blocked);
      if (found[of] !== ulid) return 'stale';
      const asFound = {
        Key: pairKey(blocker, blocked),
        ExpressionAttributeNames: { '#of': of, '#back': back },
        ExpressionAttributeValues: { ':ulid': ulid },
      };
      const lift: TransactionItem =
        found[back] === undefined
          ? {
              Delete: {
                TableName: tableName,
                ...asFound,
                ConditionExpression: '#of = :ulid AND attribute_not_exists(#back)',
              },
            }
          : {
              Update: {
                TableName: tableName,
                ...asFound,
                UpdateExpression: 'REMOVE #of',
                ConditionExpression: '#of = :ulid AND attribute_exists(#back)',
              },
            };
      const result = await transact(client, [
        lift,
        { Delete: { TableName: tableName, Key: keys.block(blocker, ulid) } },
        ...tellBoth(block),
      ]);
      // A pair that changed since it was read is being written by others.
      return result.outcome === 'done' ? 'done' : 'busy';
    },

    async list(blocker, { after, limit }) {
      const rows = await table.box(blocker, {
        prefix: boxPrefixes.block,
        below: after,
        order: 'desc',
        limit,
      });
      return rows.map(blockOf);
    },
  };
}

function pairKey(one: string, other: string) {
  return one < other ? keys.pair(one, other) : keys.pair(other, one);
}

/** Where the pair keeps the block of one by the other, and the one back. */
function attributesOf(one: string, other: string): { of: PairAttribute; back: PairAttribute } {
  return one < other ? { of: 'byLower', back: 'byHigher' } : { of: 'byHigher', back: 'byLower' };
}
