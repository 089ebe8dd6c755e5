import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes a key pair in a folder. Its fingerprint is as ssh-keygen tells it, not as the code under test does. */
export async function hostKey(
  folder: string,
  kind: string,
  passphrase = '',
): Promise<{ path: string; fingerprint: string }> {
  const path = join(folder, `${kind}-${randomUUID()}`);
  await run('ssh-keygen', ['-q', '-t', kind, '-N', passphrase, '-f', path]);
  const { stdout } = await run('ssh-keygen', ['-lf', `${path}.pub`]);
  return { path, fingerprint: stdout.split(' ')[1] ?? '' };
}
