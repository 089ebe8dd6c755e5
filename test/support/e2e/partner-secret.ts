import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Credentials } from '../../../lambdas/shared/define/push-sender.ts';
import { emulatorClient } from '../../../scripts/local/emulator-client.ts';
import { stackUnderTest } from './api.ts';
import type { partners } from './push.ts';

/** Has the stack log in to a partner of the example with these credentials. */
export async function putPartnerSecret(
  partner: (typeof partners)[number],
  credentials: Credentials,
): Promise<void> {
  const client = emulatorClient(SecretsManagerClient, await stackUnderTest());
  const SecretString = JSON.stringify(credentials);
  await client.send(new PutSecretValueCommand({ SecretId: `sequitur/${partner}`, SecretString }));
  client.destroy();
}
