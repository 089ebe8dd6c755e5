import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { clientSettings, tellErrorsApart } from '../../../lambdas/shared/aws-client.ts';
import { newDocumentClient } from '../../../lambdas/shared/dynamo/document-client.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A service that takes calls and, unless told a status, never answers. */
async function service(status?: number): Promise<{ endpoint: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    if (status !== undefined) response.writeHead(status).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, calls: () => calls };
}

const get = new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } });

test('a call that hangs is given up and tried again, and in the end a passing failure', async () => {
  const { endpoint, calls } = await service();
  const client = newDocumentClient({
    endpoint,
    credentials,
    region: 'us-east-1',
    maxAttempts: 2,
    requestHandler: { ...clientSettings.requestHandler, requestTimeout: 50 },
  });
  await expect(client.send(get)).rejects.toBeInstanceOf(TransientError);
  expect(calls()).toBe(2);
});

test('every client has a time limit for calls, and it is enforced', () => {
  expect(clientSettings.requestHandler).toMatchObject({
    connectionTimeout: expect.any(Number),
    requestTimeout: expect.any(Number),
    throwOnRequestTimeout: true,
  });
});

test('a fault of SQS is a passing failure as one of DynamoDB is', async () => {
  const { endpoint } = await service(503);
  const client = new SQSClient({ endpoint, credentials, region: 'us-east-1', maxAttempts: 1 });
  tellErrorsApart(client);
  const send = new SendMessageBatchCommand({ QueueUrl: `${endpoint}/1/jobs`, Entries: [] });
  await expect(client.send(send)).rejects.toBeInstanceOf(TransientError);
});
