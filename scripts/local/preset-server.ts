import { connect } from 'node:net';
import type { PartnerServer } from './stack-file.ts';
import { StartError } from './start-error.ts';

const defaultPorts = new Map([
  ['sftp:', 22],
  ['ftp:', 21],
  ['ftps:', 21],
  ['ftps+implicit:', 990],
]);

const probeMilliseconds = 5_000;

/**
 * The server that a variable of the environment names in place of a local one, by a URL with user and
 * password: `sftp://partner:secret@files.example.org:2222/in/`. Percent-encode what a URL cannot hold.
 * Undefined when the variable is not set.
 * @throws StartError that never repeats the password
 */
export function presetServer(
  environment: NodeJS.ProcessEnv,
  variable: 'SFTP_URL' | 'FTP_URL',
): PartnerServer | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  const schemes = variable === 'SFTP_URL' ? ['sftp:'] : ['ftp:', 'ftps:', 'ftps+implicit:'];
  const example = `Give it as ${schemes[0] ?? ''}//user:password@host:port/folder/, or unset it to have a server started for you.`;
  const url = URL.parse(text);
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '') {
    throw new StartError(`${variable} is no URL of ${schemes.join(', ')}.`, example);
  }
  if (url.username === '') throw new StartError(`${variable} has no user.`, example);
  const { protocol, host, hostname, pathname } = url;
  return {
    host: hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? (defaultPorts.get(protocol) ?? 0) : Number(url.port),
    user: decoded(url.username, variable),
    password: decoded(url.password, variable),
    url: `${protocol}//${host}${pathname}`,
    ...(variable === 'SFTP_URL' && { hostKeys: [presetHostKey(environment)] }),
  };
}

function decoded(text: string, variable: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StartError(
      `User or password in ${variable} are not percent-encoded.`,
      'Write a percent sign as %25.',
    );
  }
}

/** Nothing is sent to a server that cannot prove who it is. */
function presetHostKey(environment: NodeJS.ProcessEnv): string {
  const fingerprint = environment['SFTP_HOST_KEY'];
  if (fingerprint !== undefined && /^SHA256:[A-Za-z0-9+/]{43}$/u.test(fingerprint)) {
    return fingerprint;
  }
  throw new StartError(
    'SFTP_URL needs the fingerprint of its host key in SFTP_HOST_KEY.',
    'It looks like SHA256:... and is shown by: ssh-keyscan -p <port> <host> | ssh-keygen -lf -',
  );
}

/** Whether something takes connections there. */
export function takesConnections({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeMilliseconds });
    const end = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
