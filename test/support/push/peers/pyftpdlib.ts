import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localAuthority } from '../../certificates.ts';
import type { Peer } from './peer.ts';
import { startPythonPeer, type Faults } from './python-peer.ts';

const schemes = { plain: 'ftp', explicit: 'ftps', implicit: 'ftps+implicit' } as const;

/** An FTP server of pyftpdlib, with a certificate of an authority of its own; without TLS it takes nothing. */
export async function startPyftpdlib(
  mode: keyof typeof schemes,
  faults: Faults = {},
  { root }: { root?: string } = {},
): Promise<Peer> {
  const directory = root ?? (await mkdtemp(join(tmpdir(), 'pyftpdlib-')));
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  const authority = await localAuthority();
  const certificate = await authority.certify({ names: ['127.0.0.1'] });
  const cert = join(directory, 'cert.pem');
  const key = join(directory, 'key.pem');
  await writeFile(cert, certificate.cert);
  await writeFile(key, certificate.key);
  const credentials = { user: 'sequitur', password: 'a b&c' };
  const { port, stop } = await startPythonPeer('ftp_peer.py', {
    mode,
    root: files,
    cert,
    key,
    ...credentials,
    faults,
  });
  return {
    url: `${schemes[mode]}://127.0.0.1:${String(port)}`,
    credentials,
    hostKeys: [],
    ...(mode === 'plain' ? {} : { ca: authority.ca }),
    files,
    stop: async () => {
      await stop();
      if (root === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}
