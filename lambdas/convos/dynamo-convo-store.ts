import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { transact } from '../shared/dynamo/transaction.ts';
import { boxPrefixes, indexes, keys } from './contract.ts';
import type { ConvoStore, SendOutcome } from './convo-store.ts';
import { copyOf, messageOf, sideOf, stateOf } from './convo-rows.ts';
import { DynamoConvoTable } from './dynamo-convo-table.ts';
import { ownItems, sendItems } from './dynamo-convo-writes.ts';
import type { ConditionalItem } from './dynamo-convo-writes.ts';
import { nonceOf } from './message.ts';

/** Which of several false conditions is told; the first one weighs most. */
const refusals = ['taken', 'stale', 'limit'] as const;

const sentSchema = z.object({
  ulid: z.ulid(),
  thread: z.ulid(),
  requestHash: z.string().optional(),
});

const bodySchema = z.object({ ulid: z.ulid(), body: z.string().optional() });

/**
 * Keeps threads in their table. Every function is one call of DynamoDB, but for keys that it leaves
 * unprocessed.
 *
 * Write units by AWS's rules (2 for each KB of each item of a transaction, 1 for each index entry that
 * is put, changed or deleted), of items up to 1 KB; the message's row counts 2 for each KB of its text:
 * - a new thread: message, 2 sides, 2 copies, state, hour: 14; an entry for each side: 2. Together 16.
 * - a reply: the same without hour: 12; each entry moves with the side's last message, which is 2: in a
 *   thread with messages both ways 8, else 4. Together 20 or 16, and 18 for the first answer.
 * - marking a message: side, copy, state: 6; its thread's entries: 1 or 2. Without a change of the unread
 *   count 2 less.
 * - deleting a message: as marking. Reading or deleting a thread: side, state: 4; 1 or 2.
 */
export function dynamoConvoStore(client: DynamoDBDocumentClient, tableName: string): ConvoStore {
  const table = new DynamoConvoTable(client, tableName);

  const write = async (items: readonly ConditionalItem[]) => {
    const result = await transact(
      client,
      items.map(({ item }) => item),
    );
    if (result.outcome === 'done') return 'done';
    const found = items.map(({ refusal }, place) =>
      result.obstacles[place] === 'condition' ? refusal : undefined,
    );
    const refusal = refusals.find((one) => found.includes(one)) ?? 'busy';
    // What collides may be this very request, being sent: then its count for the hour is its own.
    const isAlone = result.obstacles.every((one) => one === 'none' || one === 'condition');
    return refusal === 'limit' && !isAlone ? 'busy' : refusal;
  };

  return {
    async send(message): Promise<SendOutcome> {
      const outcome = await write(sendItems(tableName, message));
      return outcome === 'done' ? 'sent' : outcome;
    },

    async changeOwn(change) {
      const outcome = await write(ownItems(tableName, change));
      return outcome === 'done' || outcome === 'busy' ? outcome : 'stale';
    },

    async state(user) {
      return stateOf(await table.get(keys.state(user)));
    },

    async side(owner, thread) {
      const row = await table.get(keys.side(owner, thread));
      return row && sideOf(row);
    },

    async sideAndState(owner, thread) {
      const [side, state] = await table.both(keys.side(owner, thread), keys.state(owner));
      return { side: side && sideOf(side), state: stateOf(state) };
    },

    async sideAndCopy(owner, thread, ulid) {
      const [side, copy] = await table.both(
        keys.side(owner, thread),
        keys.copy(owner, thread, ulid),
      );
      return { side: side && sideOf(side), copy: copy && copyOf(copy) };
    },

    async message(nonce) {
      const row = await table.get(keys.message(nonce));
      return row && messageOf(row);
    },

    async sentUnder(nonces) {
      const rows = await table.some(nonces.map(keys.message), ['ulid', 'thread', 'requestHash']);
      return rows.map((row) => sentSchema.parse(row));
    },

    async bodies(ulids) {
      const nonces = [...new Set(ulids.map(nonceOf))];
      const rows = await table.some(nonces.map(keys.message), ['ulid', 'body']);
      const bodies = new Map<string, string>();
      for (const row of rows) {
        const { ulid, body } = bodySchema.parse(row);
        // A nonce may be used again when its message is gone.
        if (body !== undefined && ulids.includes(ulid)) bodies.set(ulid, body);
      }
      return bodies;
    },

    async copies(owner, thread, range) {
      const rows = await table.box(owner, { prefix: `${boxPrefixes.copy}${thread}#`, ...range });
      return rows.map(copyOf);
    },

    async folder(owner, folder, { after, limit }) {
      const { partitionKey, sortKey } = indexes[folder];
      const rows = await table.query(
        {
          TableName: tableName,
          IndexName: folder,
          KeyConditionExpression:
            after === undefined ? '#owner = :owner' : '#owner = :owner AND #last < :after',
          ExpressionAttributeNames: {
            '#owner': partitionKey,
            ...(after !== undefined && { '#last': sortKey }),
          },
          ExpressionAttributeValues: {
            ':owner': owner,
            ...(after !== undefined && { ':after': after }),
          },
          ScanIndexForward: false,
        },
        limit,
      );
      return rows.map(sideOf);
    },
  };
}
