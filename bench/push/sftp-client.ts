import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExportedFile } from '../../lambdas/push/export/outbox.ts';
import type { OpenSshPeer } from '../../test/support/push/peers/openssh.ts';

const run = promisify(execFile);

/** Connects with OpenSSH's own client, puts files into a folder of the login folder, disconnects. */
export type ClientPut = (files: readonly ExportedFile[], into: string) => Promise<void>;

/**
 * @param folder where its list of commands may be kept
 * @param options further ones, as `ssh` has them
 */
export function sftpClient(
  { user, port, key }: Pick<OpenSshPeer, 'user' | 'port' | 'key'>,
  folder: string,
  options: readonly string[] = [],
): ClientPut {
  const batch = join(folder, 'commands');
  const given = [
    'UserKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=no',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
    ...options,
  ].flatMap((option) => ['-o', option]);
  const login = ['-F', 'none', '-i', key, '-P', String(port), `${user}@127.0.0.1`];
  return async (files, into) => {
    const puts = files.map(({ key: path, path: name }) => `put "${path}" "${into}/${name}"`);
    // One that fails ends it, unless it begins with a hyphen: the folder may be there.
    await writeFile(batch, [`-mkdir "${into}"`, ...puts, ''].join('\n'));
    await run('sftp', ['-q', '-b', batch, ...given, ...login], { maxBuffer: 2 ** 24 });
  };
}
