import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostKey } from './host-key.ts';
import type { Peer } from './peer.ts';
import { startPythonPeer, type Faults } from './python-peer.ts';

/** An SFTP server of asyncssh, which lets one user in by password. */
export async function startAsyncSsh(
  faults: Faults = {},
  { root }: { root?: string } = {},
): Promise<Peer> {
  const directory = root ?? (await mkdtemp(join(tmpdir(), 'asyncssh-')));
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  const { path, fingerprint } = await hostKey(directory, 'ed25519');
  const credentials = { user: 'sequitur', password: 'a b&c' };
  const { port, stop } = await startPythonPeer('sftp_peer.py', {
    root: files,
    hostKeys: [path],
    ...credentials,
    faults,
  });
  return {
    url: `sftp://127.0.0.1:${String(port)}`,
    credentials,
    hostKeys: [fingerprint],
    files,
    stop: async () => {
      await stop();
      if (root === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}
