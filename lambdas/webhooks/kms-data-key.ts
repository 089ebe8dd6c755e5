import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { clientSettings, tellErrorsApart } from '../shared/aws-client.ts';
import { PermanentError } from '../shared/errors.ts';
import { keys } from './contract.ts';

/** What the data key was made for; KMS decrypts it for nothing else. */
export const encryptionContext = { purpose: 'webhook-secrets' };

/** The calls of KMS that secrets need. */
export type Kms = Pick<KMSClient, 'send'>;

/** Where the one stored copy of the data key is, and the key of KMS that encrypts it. */
export interface DataKeyPlace {
  client: DynamoDBDocumentClient;
  tableName: string;
  keyArn: string;
  kms: Kms;
}

const rowSchema = z.object({ encrypted: z.string() });

/** @returns nothing while none was made. */
export async function readDataKey({
  client,
  tableName,
  keyArn,
  kms,
}: DataKeyPlace): Promise<Uint8Array | undefined> {
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
}

/** Fetches a key once for all who ask; a failure is not remembered. */
export function fetchedOnce(fetch: () => Promise<Uint8Array>): () => Promise<Uint8Array> {
  let known: Promise<Uint8Array> | undefined;
  return async () => {
    known ??= fetch();
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}

export function given(bytes: Uint8Array | undefined): Uint8Array {
  if (!bytes) throw new PermanentError('KMS answered without a key');
  return bytes;
}

export function newKmsClient(): KMSClient {
  const client = new KMSClient(clientSettings);
  tellErrorsApart(client);
  return client;
}
