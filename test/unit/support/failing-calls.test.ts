import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { transact } from '../../../lambdas/shared/dynamo/transaction.ts';
import {
  internalServerError,
  provisionedThroughputExceeded,
  throttled,
  transactionCanceled,
} from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import type { FailingCall } from '../../support/failing-calls.ts';

/** A real client in front of a service that writes down what arrives and answers an empty object. */
function setUp(failing: readonly FailingCall[], maxAttempts = 1) {
  const arrived: unknown[] = [];
  const base = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
    requestHandler: {
      handle: (request: { body: Uint8Array }) => {
        arrived.push(JSON.parse(new TextDecoder().decode(request.body)));
        const body = Readable.from([Buffer.from('{}')]);
        return Promise.resolve({ response: { statusCode: 200, headers: {}, body } });
      },
    },
  });
  const end = failCalls(base, failing);
  return { arrived, base, client: DynamoDBDocumentClient.from(base), end };
}

const put = () => new PutCommand({ TableName: 't', Item: { pk: 'a' } });
const writes = (...names: string[]) =>
  new BatchWriteCommand({
    RequestItems: { t: names.map((pk) => ({ PutRequest: { Item: { pk } } })) },
  });

describe('a refused call', () => {
  const failing: FailingCall[] = [
    { operation: 'PutItem', nth: [2], fault: { kind: 'refused', error: throttled() } },
  ];

  test('fails before it reaches the service, its neighbours do not', async () => {
    const { client, arrived } = setUp(failing);
    await client.send(put());
    await expect(client.send(put())).rejects.toMatchObject({ name: 'ThrottlingException' });
    await client.send(put());
    expect(arrived).toHaveLength(2);
  });

  test('does not concern other operations', async () => {
    const { client, arrived } = setUp([{ ...failing[0], operation: 'Query' } as FailingCall]);
    await client.send(put());
    await client.send(put());
    expect(arrived).toHaveLength(2);
  });

  test('is repeated by a client with retries', async () => {
    const { client, arrived } = setUp(failing, 2);
    await client.send(put());
    const answer = await client.send(put());
    expect(answer.$metadata.attempts).toBe(2);
    expect(arrived).toHaveLength(2);
  });

  test('is an outcome to the adapter that knows it', async () => {
    const error = transactionCanceled(['None', 'TransactionConflict']);
    const { client } = setUp([
      { operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } },
    ]);
    const item = { Put: { TableName: 't', Item: { pk: 'a' } } };
    expect(await transact(client, [item, item])).toEqual({
      outcome: 'cancelled',
      obstacles: ['none', 'conflict'],
    });
  });
});

test('a lost answer is an error after the service has acted', async () => {
  const { client, arrived } = setUp([
    {
      operation: 'TransactWriteItems',
      nth: [1],
      fault: { kind: 'answer lost', error: internalServerError() },
    },
  ]);
  const command = new TransactWriteCommand({
    TransactItems: [{ Put: { TableName: 't', Item: { pk: 'a' } } }],
  });
  await expect(client.send(command)).rejects.toMatchObject({ name: 'InternalServerError' });
  expect(arrived).toHaveLength(1);
});

const handedBack = (operation: string, items: number): FailingCall[] => [
  { operation, nth: [1], fault: { kind: 'handed back', items } },
];

describe('a batch of which items are handed back', () => {
  test('writes the first ones and answers the last ones as its caller gave them', async () => {
    const { client, arrived } = setUp(handedBack('BatchWriteItem', 2));
    const { UnprocessedItems } = await client.send(writes('a', 'b', 'c'));
    expect(UnprocessedItems).toEqual({
      t: [{ PutRequest: { Item: { pk: 'b' } } }, { PutRequest: { Item: { pk: 'c' } } }],
    });
    expect(arrived).toEqual([
      { RequestItems: { t: [{ PutRequest: { Item: { pk: { S: 'a' } } } }] } },
    ]);
  });

  test('reads the first keys and answers the last ones with their options', async () => {
    const { client, arrived } = setUp(handedBack('BatchGetItem', 1));
    const { UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: { t: { Keys: [{ pk: 'a' }, { pk: 'b' }], ConsistentRead: true } },
      }),
    );
    expect(UnprocessedKeys).toEqual({ t: { Keys: [{ pk: 'b' }], ConsistentRead: true } });
    expect(arrived).toEqual([
      { RequestItems: { t: { Keys: [{ pk: { S: 'a' } }], ConsistentRead: true } } },
    ]);
  });

  test('is refused altogether when all would be', async () => {
    const { client, arrived } = setUp(handedBack('BatchWriteItem', 3));
    await expect(client.send(writes('a', 'b', 'c'))).rejects.toMatchObject({
      name: provisionedThroughputExceeded().name,
    });
    expect(arrived).toEqual([]);
  });
});

test('what has been ended fails no call', async () => {
  const { client, end } = setUp([
    { operation: 'PutItem', nth: [1], fault: { kind: 'refused', error: throttled() } },
  ]);
  end();
  await expect(client.send(put())).resolves.toBeDefined();
});
