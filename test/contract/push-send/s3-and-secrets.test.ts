import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { s3Sender } from '../../../lambdas/push/send/s3-sender.ts';
import { SecretsManagerSecretReader } from '../../../lambdas/push/send/secrets-manager-secret-reader.ts';
import { startLocalS3, type LocalS3 } from '../../support/push/local-s3.ts';
import { destinationOn, outgoing, someBytes } from '../../support/push/peers/outgoing.ts';

jest.setTimeout(30_000);

let local: LocalS3;
const access = { accessKeyId: 'test', secretAccessKey: 'test' };

beforeAll(async () => {
  local = await startLocalS3();
});
afterAll(() => local.stop());

async function connect(bucket: string, credentials = { user: 'test', password: 'test' }) {
  const sender = s3Sender({
    endpoint: local.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
  });
  const url = `s3://${bucket}`;
  return sender.connect(destinationOn({ url, credentials, hostKeys: [] }, { folder: '/from/us' }));
}

async function keysIn(bucket: string): Promise<string[]> {
  const { Contents = [] } = await local.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

describe('s3', () => {
  test('brings small, empty and large files, the large ones in parts', async () => {
    const bucket = await local.makeBucket('partner');
    const connection = await connect(bucket);
    const files: [string, Buffer][] = [
      ['a b/Größe.xml', Buffer.from('text')],
      ['all.done', Buffer.alloc(0)],
      ['large.bin', someBytes(12_000_000)],
    ];
    for (const [path, bytes] of files) await connection.put(outgoing(path, bytes));
    expect(await keysIn(bucket)).toEqual(files.map(([path]) => `from/us/${path}`));
    for (const [path, bytes] of files) {
      const { Body } = await local.client.send(
        new GetObjectCommand({ Bucket: bucket, Key: `from/us/${path}` }),
      );
      const got = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect(got.equals(bytes)).toBe(true);
    }
    await connection.close();
  });

  test('a source that is too short leaves no key', async () => {
    const bucket = await local.makeBucket('short');
    const connection = await connect(bucket);
    const bytes = someBytes(7_000_000);
    await expect(
      connection.put({
        ...outgoing('a.bin', bytes),
        open: () => Promise.resolve(Readable.from([bytes.subarray(1)])),
      }),
    ).rejects.toThrow(/6999999 bytes, not 7000000/);
    expect(await keysIn(bucket)).toEqual([]);
  });

  test('a bucket that is not there is refused for good', async () => {
    const connection = await connect('nobodys-bucket');
    await expect(connection.put(outgoing('a.xml', Buffer.from('x')))).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('nobodys-bucket: NoSuchBucket'),
    });
  });
});

describe('secrets', () => {
  test('are read by name; one that is not there is nothing', async () => {
    const client = new SecretsManagerClient({
      endpoint: local.endpoint,
      region: 'us-east-1',
      credentials: access,
    });
    await client.send(
      new CreateSecretCommand({ Name: 'sequitur/partner', SecretString: '{"user":"u"}' }),
    );
    const reader = new SecretsManagerSecretReader(client);
    expect(await reader.read('sequitur/partner')).toBe('{"user":"u"}');
    expect(await reader.read('sequitur/nobody')).toBeUndefined();
    client.destroy();
  });
});
