import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { sendItems } from '../../lambdas/convos/dynamo-convo-writes.ts';
import type { SendWrite } from '../../lambdas/convos/convo-store.ts';
import type { ConvosParts } from '../convos.ts';
import { tables } from '../local-tables.ts';

/** Parts whose messages are decided on by what the table holds, and then kept here instead of sent. */
export function planningParts(parts: ConvosParts): { parts: ConvosParts; planned: SendWrite[] } {
  const planned: SendWrite[] = [];
  const store: ConvosParts['store'] = {
    ...parts.store,
    send: (write) => {
      planned.push(write);
      return Promise.resolve('sent');
    },
  };
  return { parts: { ...parts, store }, planned };
}

/** The one call of DynamoDB that sends a message, and nothing else. */
export async function bareSend(client: DynamoDBDocumentClient, write: SendWrite): Promise<void> {
  await client.send(
    new TransactWriteCommand({
      TransactItems: sendItems(tables.convos, write).map(({ item }) => item),
    }),
  );
}
