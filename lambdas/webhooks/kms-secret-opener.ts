import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PermanentError } from '../shared/errors.ts';
import { fetchedOnce, newKmsClient, readDataKey } from './kms-data-key.ts';
import type { Kms } from './kms-data-key.ts';
import { openText } from './sealing.ts';
import type { SecretBox } from './secret-box.ts';

/** Opens what `kmsSecretBox` sealed, and makes no key: it needs no more of KMS than to decrypt. */
export function kmsSecretOpener(
  table: { client: DynamoDBDocumentClient; tableName: string },
  keyArn: string,
  kms: Kms = newKmsClient(),
): Pick<SecretBox, 'open'> {
  const dataKey = fetchedOnce(async () => {
    const key = await readDataKey({ ...table, keyArn, kms });
    if (!key) throw new PermanentError('the data key that sealed the secrets is gone');
    return key;
  });
  return { open: async (sealed, hook) => openText(sealed, await dataKey(), hook) };
}
