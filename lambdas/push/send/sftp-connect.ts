import { createHash, createSecretKey } from 'node:crypto';
import { connect as connectSocket, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type {
  CipherAlgorithm,
  Client,
  ConnectConfig,
  ServerHostKeyAlgorithm,
  SFTPWrapper,
} from 'ssh2';
import type { Destination } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import { hostOf, inWords, socketHost } from './failure-words.ts';
import { SftpSession } from './sftp-session.ts';
import { whileAlive } from './silence.ts';
import { loginOf } from './sftp-login.ts';

/**
 * Kinds of host keys with the algorithms that prove them, the strongest first. SHA-1 is for old servers:
 * who a server is shows by its pinned key.
 */
const hostKeyKinds: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
]);

/** A key that a server showed and that is not pinned. */
interface RefusedKey {
  kind: string;
  fingerprint: string;
}

/** How far a connection came. */
type Opening = { session: SftpSession } | { refused: RefusedKey } | { failure: unknown };

/**
 * Connects and logs in. A server may have host keys of several kinds: any that is pinned will do.
 *
 * @throws PermanentError for a host key that is not pinned, and for refused credentials
 */
export async function openSftp(destination: Destination): Promise<SftpSession> {
  const refused: RefusedKey[] = [];
  for (;;) {
    const kinds = [...hostKeyKinds.keys()].filter(
      (kind) => !refused.some((each) => each.kind === kind),
    );
    // oxlint-disable-next-line no-await-in-loop -- which key comes next depends on the one before
    const opening = await open(
      destination,
      kinds.flatMap((kind) => hostKeyKinds.get(kind) ?? []),
    );
    if ('session' in opening) return opening.session;
    if ('refused' in opening) refused.push(opening.refused);
    const hasMore =
      'refused' in opening && kinds.length > 1 && kinds.includes(opening.refused.kind);
    if (hasMore) continue;
    if (refused.length === 0 && 'failure' in opening)
      throw inWords(destination.url, opening.failure);
    throw unpinned(destination, refused);
  }
}

async function open(
  destination: Destination,
  serverHostKey: ServerHostKeyAlgorithm[],
): Promise<Opening> {
  const { url } = destination;
  const client = new ssh2.Client();
  // Small requests must not wait for more to come.
  const socket = connectSocket({
    host: socketHost(url),
    port: Number(url.port || 22),
    noDelay: true,
  });
  let refused: RefusedKey | undefined;
  const hostVerifier = (key: Buffer) => {
    const fingerprint = fingerprintOf(key);
    const pinned = destination.hostKeys.includes(fingerprint);
    if (!pinned) refused = { kind: kindOf(key), fingerprint };
    return pinned;
  };
  try {
    const session = await whileAlive(
      destination,
      () => socket.destroy(),
      async (alive) => {
        await ready(client, socket, destination, alive, {
          hostVerifier,
          algorithms: { serverHostKey, cipher },
        });
        alive();
        keepKey(client);
        return new SftpSession({ client, socket, sftp: await subsystem(client) }, destination);
      },
    );
    return { session };
  } catch (failure) {
    socket.destroy();
    return refused === undefined ? { failure } : { refused };
  }
}

/** Those that Node.js does itself and at once; the others are for servers that know nothing newer. */
const cipher: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
];

async function ready(
  client: Client,
  socket: Socket,
  destination: Destination,
  alive: () => void,
  config: Pick<ConnectConfig, 'hostVerifier' | 'algorithms'>,
): Promise<void> {
  const { url, credentials } = destination;
  const login = loginOf(url, credentials);
  await new Promise<void>((resolve, reject) => {
    // These stay for as long as the connection: an error nobody listens to would end the process.
    client.on('error', (error) => reject(isRefusal(error) ? login.refused : error));
    client.on('close', () =>
      reject(new Error('the server closed the connection before the login')),
    );
    client.on('handshake', alive);
    client.on('ready', resolve);
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => credentials.password ?? '')),
    );
    client.connect({
      ...login.config,
      ...config,
      sock: socket,
      // `whileAlive` watches.
      readyTimeout: 0,
    });
  });
}

/**
 * The library hands Node.js the bytes of its AES-GCM key with each packet, and half of what a packet costs
 * goes into making a key of them. It is made once here; after an exchange of keys, and with other ciphers,
 * all is as the library has it.
 */
function keepKey(client: Client): void {
  const encryption = fieldOf(fieldOf(client, '_protocol'), '_cipher');
  const key = fieldOf(encryption, '_encKey');
  if (encryption !== undefined && Buffer.isBuffer(key)) {
    Reflect.set(encryption, '_encKey', createSecretKey(key));
  }
}

function fieldOf(of: object | undefined, name: string): object | undefined {
  const value: unknown = of && Reflect.get(of, name);
  return typeof value === 'object' && value !== null ? value : undefined;
}

function isRefusal(error: Error): boolean {
  return 'level' in error && error.level === 'client-authentication';
}

function subsystem(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.on('close', () => reject(new Error('the server closed the connection')));
    client.sftp((error, sftp) => {
      if (error) reject(new Error(`it has no SFTP: ${error.message}`, { cause: error }));
      else resolve(sftp);
    });
  });
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A key begins with the name of its kind, after the name's length. */
function kindOf(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function unpinned({ url, hostKeys }: Destination, refused: readonly RefusedKey[]): PermanentError {
  const shown = refused.map(({ kind, fingerprint }) => `${fingerprint} (${kind})`).join(', ');
  const pinned = hostKeys.length === 0 ? 'none is' : `pinned: ${hostKeys.join(', ')}`;
  return new PermanentError(
    `${hostOf(url)}: its host key is not one of those that the target names: it has ${shown}; ${pinned}`,
  );
}
