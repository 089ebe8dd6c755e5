import { randomBytes } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { CursorKey } from '../http/cursor.ts';

const key = { pk: 'SECRET#cursors', sk: 'SECRET' };
const rowSchema = z.object({ secret: z.string() });

/**
 * The key that signs the cursors of one domain, kept in the domain's own table: whoever could read it
 * there could read the lists themselves. Made at the first use; read once for each function instance,
 * and only when a list has a further page. docs/decisions/0004-cursor-key-in-the-table.md.
 */
export function dynamoCursorKey(client: DynamoDBDocumentClient, tableName: string): CursorKey {
  let known: Promise<Buffer> | undefined;

  const read = async (): Promise<Buffer | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
    );
    return Item && Buffer.from(rowSchema.parse(Item).secret, 'base64');
  };
  const make = async (): Promise<Buffer> => {
    const secret = randomBytes(32);
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...key, secret: secret.toString('base64') },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return secret;
    } catch (error) {
      // Another instance was first: its key counts.
      if (error instanceof ConditionalCheckFailedException) return (await read()) ?? (await make());
      throw error;
    }
  };

  return async () => {
    known ??= read().then(async (secret) => secret ?? (await make()));
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}
