import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { pushTargets } from '../../config/push-targets.ts';
import type { PushTarget } from '../../lambdas/shared/define/push-target.ts';
import { emulatorClient, type EmulatorAddress } from './emulator-client.ts';
import type { PartnerServer, StackFile } from './stack-file.ts';

type Servers = Pick<StackFile, 'sftp' | 'ftp'>;

/**
 * The setting that puts the servers of this machine in the place of those of `config/push-targets.ts`;
 * without them there is none. Targets of other names are left as they are.
 */
export function localTargetSettings(servers: Servers): Readonly<Record<string, string>> {
  const changes = localTargets(servers).map(({ target, server: { url, hostKeys } }) => [
    target.name,
    { url, ...(hostKeys && { hostKeys }) },
  ]);
  return changes.length === 0
    ? {}
    : { 'push.targets': JSON.stringify(Object.fromEntries(changes)) };
}

/** Puts the accounts of these servers into the secrets that the targets name. Safe to repeat. */
export async function putTargetSecrets(address: EmulatorAddress, servers: Servers): Promise<void> {
  const client = emulatorClient(SecretsManagerClient, address);
  for (const { target, server } of localTargets(servers)) {
    if (target.secret === undefined) continue;
    const { user, password } = server;
    await putSecret(client, target.secret, JSON.stringify({ user, password }));
  }
  client.destroy();
}

async function putSecret(
  client: SecretsManagerClient,
  name: string,
  SecretString: string,
): Promise<void> {
  try {
    await client.send(new CreateSecretCommand({ Name: name, SecretString }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
  }
}

function localTargets({ sftp, ftp }: Servers): { target: PushTarget; server: PartnerServer }[] {
  const servers = new Map([
    ['partner-sftp', sftp],
    ['partner-ftp', ftp],
  ]);
  return pushTargets.flatMap((target) => {
    const server = servers.get(target.name);
    return server === undefined ? [] : [{ target, server }];
  });
}
