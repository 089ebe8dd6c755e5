import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findOpenSsh, type OpenSsh } from '../../../../scripts/ci/openssh.ts';
import { findFreePort } from '../../../../scripts/local/port.ts';
import { hostKey } from './host-key.ts';
import type { Peer } from './peer.ts';

/**
 * OpenSSH refuses to run as root without a system account of its own, and a server of somebody else
 * lets in nobody but them: under root it is this account's, which every system has.
 */
const standIn = { name: 'daemon', uid: 1, gid: 1 };

export interface OpenSshPeer extends Peer {
  user: string;
  port: number;
  /** Files with the private key for the login, without a passphrase and with `passphrase`. */
  key: string;
  lockedKey: string;
  passphrase: string;
  /** What it says, with `LogLevel VERBOSE`. */
  log: () => string;
}

/** OpenSSH's own server on 127.0.0.1, which lets one user in by key. */
export async function startOpenSsh({
  hostKeyKinds = ['ed25519'],
}: {
  hostKeyKinds?: readonly ('ed25519' | 'rsa' | 'ecdsa')[];
} = {}): Promise<OpenSshPeer> {
  const openSsh = await findOpenSsh();
  const root = await mkdtemp(join(tmpdir(), 'openssh-'));
  const stop = () => rm(root, { recursive: true, force: true });
  try {
    return await startIn(root, openSsh, hostKeyKinds);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startIn(
  root: string,
  openSsh: OpenSsh,
  hostKeyKinds: readonly string[],
): Promise<OpenSshPeer> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? standIn.name : userInfo().username;
  const files = join(root, 'files');
  await mkdir(files);
  // A clone may lie where the stand-in may not look.
  const moved = isRoot ? await copied(openSsh, join(root, 'bin')) : openSsh;
  const { path: key } = await hostKey(root, 'ed25519');
  const passphrase = 'open sesame';
  const { path: lockedKey } = await hostKey(root, 'ed25519', passphrase);
  const shown = await Promise.all(hostKeyKinds.map((kind) => hostKey(root, kind)));
  const hostKeys = shown.map(({ path }) => path);
  const publicKeys = await Promise.all(
    [key, lockedKey].map((each) => readFile(`${each}.pub`, 'utf8')),
  );
  await writeFile(join(root, 'authorized'), publicKeys.join(''));
  const port = await findFreePort();
  await writeFile(
    join(root, 'config'),
    configuration({ root, files, port, hostKeys, openSsh: moved }),
  );
  if (isRoot) {
    await Promise.all(
      [root, files, ...hostKeys].map((each) => chown(each, standIn.uid, standIn.gid)),
    );
  }
  await chmod(root, 0o755);
  const server = spawn(moved.sshd, ['-D', '-e', '-f', join(root, 'config')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: moved.libraries === undefined ? {} : { LD_LIBRARY_PATH: moved.libraries },
    ...(isRoot ? { uid: standIn.uid, gid: standIn.gid } : {}),
  });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  server.on('error', (error) => (log += error.message));
  const ended = once(server, 'exit');
  await listening(
    port,
    () => server.exitCode ?? server.signalCode,
    () => log,
  );
  return {
    url: `sftp://127.0.0.1:${String(port)}`,
    credentials: { user, privateKey: await readFile(key, 'utf8') },
    hostKeys: shown.map(({ fingerprint }) => fingerprint),
    files,
    user,
    port,
    key,
    lockedKey,
    passphrase,
    log: () => log,
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
      // What serves a connection that is still open has it too.
      server.stderr.destroy();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function copied(openSsh: OpenSsh, to: string): Promise<OpenSsh> {
  if (openSsh.libraries === undefined) return openSsh;
  await cp(openSsh.libraries, to, { recursive: true });
  const at = (path: string) => join(to, basename(path));
  return {
    sshd: at(openSsh.sshd),
    libraries: to,
    ...(openSsh.session === undefined ? {} : { session: at(openSsh.session) }),
    ...(openSsh.auth === undefined ? {} : { auth: at(openSsh.auth) }),
  };
}

function configuration({
  root,
  files,
  port,
  hostKeys,
  openSsh,
}: {
  root: string;
  files: string;
  port: number;
  hostKeys: readonly string[];
  openSsh: OpenSsh;
}): string {
  return [
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((each) => `HostKey ${each}`),
    'PidFile none',
    `AuthorizedKeysFile ${join(root, 'authorized')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UseDNS no',
    'MaxStartups 100',
    'LogLevel VERBOSE',
    `Subsystem sftp internal-sftp -d ${files}`,
    ...(openSsh.session === undefined ? [] : [`SshdSessionPath ${openSsh.session}`]),
    ...(openSsh.auth === undefined ? [] : [`SshdAuthPath ${openSsh.auth}`]),
    '',
  ].join('\n');
}

async function listening(port: number, ended: () => unknown, log: () => string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000 && ended() === null; waitedMs += 25) {
    // oxlint-disable-next-line no-await-in-loop -- until it answers
    if (await answers(port)) return;
    // oxlint-disable-next-line no-await-in-loop
    await delay(25);
  }
  throw new Error(`sshd does not run: ${log()}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
