import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { clientSettings, tellErrorsApart } from '../shared/aws-client.ts';
import { PermanentError } from '../shared/errors.ts';
import { keys } from './contract.ts';
import { openText, sealText } from './sealing.ts';
import type { SecretBox } from './secret-box.ts';

/** What the data key was made for; KMS decrypts it for nothing else. */
const encryptionContext = { purpose: 'webhook-secrets' };

const rowSchema = z.object({ encrypted: z.string() });

/** The calls of KMS that this needs. */
export type Kms = Pick<KMSClient, 'send'>;

/**
 * Seals with a data key whose only stored copy is encrypted by a KMS key. It is made at the first use,
 * and decrypted once for each function instance: a post costs no call of KMS.
 */
export function kmsSecretBox(
  table: { client: DynamoDBDocumentClient; tableName: string },
  keyArn: string,
  kms: Kms = newKmsClient(),
): SecretBox {
  let known: Promise<Uint8Array> | undefined;

  const dataKey = async (): Promise<Uint8Array> => {
    known ??= read().then(async (key) => key ?? (await make()));
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
  const read = async (): Promise<Uint8Array | undefined> => {
    const { client, tableName } = table;
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keys.dataKey, ConsistentRead: true }),
    );
    if (!Item) return undefined;
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        CiphertextBlob: Buffer.from(rowSchema.parse(Item).encrypted, 'base64'),
        KeyId: keyArn,
        EncryptionContext: encryptionContext,
      }),
    );
    return given(Plaintext);
  };
  const make = async (): Promise<Uint8Array> => {
    const { Plaintext, CiphertextBlob } = await kms.send(
      new GenerateDataKeyCommand({
        KeyId: keyArn,
        KeySpec: 'AES_256',
        EncryptionContext: encryptionContext,
      }),
    );
    const encrypted = Buffer.from(given(CiphertextBlob)).toString('base64');
    try {
      await table.client.send(
        new PutCommand({
          TableName: table.tableName,
          Item: { ...keys.dataKey, encrypted },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return given(Plaintext);
    } catch (error) {
      // Another instance was first: its key counts.
      if (error instanceof ConditionalCheckFailedException) return (await read()) ?? (await make());
      throw error;
    }
  };

  return {
    seal: async (secret, hook) => sealText(secret, await dataKey(), hook),
    open: async (sealed, hook) => openText(sealed, await dataKey(), hook),
  };
}

function given(bytes: Uint8Array | undefined): Uint8Array {
  if (!bytes) throw new PermanentError('KMS answered without a key');
  return bytes;
}

function newKmsClient(): KMSClient {
  const client = new KMSClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
