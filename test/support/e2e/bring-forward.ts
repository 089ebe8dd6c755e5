import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../../lambdas/webhooks/contract.ts';
import { deliveryOf } from '../../../lambdas/webhooks/delivery-rows.ts';
import { ulidOfDeliveryId } from '../../../lambdas/webhooks/delivery.ts';
import { dueAttributes } from '../../../lambdas/webhooks/due-key.ts';
import { emulatorClient } from '../../../scripts/local/emulator-client.ts';
import { stackUnderTest } from './api.ts';

/**
 * Makes the time of a delivery's next post, too far ahead for a queue, be now: writes it into the table
 * as if it had been planned so. All else is left to the stack.
 */
export async function bringForward(id: string): Promise<void> {
  const plain = emulatorClient(DynamoDBClient, await stackUnderTest());
  const client = DynamoDBDocumentClient.from(plain);
  const { TableNames = [] } = await plain.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => /webhooks/i.test(name));
  const Key = keys.delivery(ulidOfDeliveryId(id) ?? '');
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  if (!Item) throw new Error(`there is no delivery ${id}`);
  const { hook, tries, due, ulid } = deliveryOf(Item);
  if (!due) throw new Error(`${id} is not in the due index`);
  const now = Date.now();
  const { dueAt } = dueAttributes({ hook, delivery: ulid, tries, dueAt: now });
  await client.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET nextAttemptAt = :now, dueAt = :dueAt',
      ExpressionAttributeValues: { ':now': now, ':dueAt': dueAt },
    }),
  );
}
