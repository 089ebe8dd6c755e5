import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keys } from './contract.ts';
import {
  encryptionContext,
  fetchedOnce,
  given,
  newKmsClient,
  readDataKey,
} from './kms-data-key.ts';
import type { DataKeyPlace, Kms } from './kms-data-key.ts';
import { openText, sealText } from './sealing.ts';
import type { SecretBox } from './secret-box.ts';

/**
 * Seals with a data key whose only stored copy is encrypted by a KMS key. It is made at the first use,
 * and decrypted once for each function instance.
 */
export function kmsSecretBox(
  table: { client: DynamoDBDocumentClient; tableName: string },
  keyArn: string,
  kms: Kms = newKmsClient(),
): SecretBox {
  const place = { ...table, keyArn, kms };
  const dataKey = fetchedOnce(async () => (await readDataKey(place)) ?? (await makeDataKey(place)));
  return {
    seal: async (secret, hook) => sealText(secret, await dataKey(), hook),
    open: async (sealed, hook) => openText(sealed, await dataKey(), hook),
  };
}

async function makeDataKey(place: DataKeyPlace): Promise<Uint8Array> {
  const { client, tableName, keyArn, kms } = place;
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: encryptionContext,
    }),
  );
  const encrypted = Buffer.from(given(CiphertextBlob)).toString('base64');
  try {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...keys.dataKey, encrypted },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return given(Plaintext);
  } catch (error) {
    // Another instance was first: its key counts.
    if (error instanceof ConditionalCheckFailedException) {
      return (await readDataKey(place)) ?? (await makeDataKey(place));
    }
    throw error;
  }
}
