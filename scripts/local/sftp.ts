import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileServerEngine } from './file-server.ts';

const hostKey = (directory: string) => join(directory, 'host-key');

/**
 * The SFTP server of a partner, or the one that `SFTP_URL` names, with user and password in it and the
 * fingerprint of its host key in `SFTP_HOST_KEY`.
 */
export const sftpEngine = fileServerEngine({
  name: 'SFTP server',
  scheme: 'sftp',
  variable: 'SFTP_URL',
  preferredPort: 4522,
  script: 'sftp-server.py',
  environment: (directory) => ({ SERVER_HOST_KEY: hostKey(directory) }),
  hostKeys: async (directory) => [
    fingerprintOf(await readFile(`${hostKey(directory)}.pub`, 'utf8')),
  ],
});

/** As `ssh-keygen -lf` prints it, of a public key as OpenSSH writes it: `ssh-ed25519 AAAA... comment`. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const digest = createHash('sha256').update(blob).digest('base64');
  return `SHA256:${digest.replace(/=+$/u, '')}`;
}
