import { Client, FTPError } from 'basic-ftp';
import type { Destination } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import { hostOf, inWords, socketHost } from './failure-words.ts';
import { whileAlive } from './silence.ts';

export type FtpSecurity = 'none' | 'explicit' | 'implicit';

/** The port of implicit TLS; the others share FTP's own. */
const ports: Record<FtpSecurity, number> = { none: 21, explicit: 21, implicit: 990 };

const isFull = /\b(?:maximum|too many)\b/i;

/**
 * Connects and logs in; without any secret as `anonymous`.
 *
 * @throws PermanentError for refused credentials, and for a certificate that isn't trusted
 */
export async function openFtp(destination: Destination, security: FtpSecurity): Promise<Client> {
  const { url, timeoutMs } = destination;
  const login = loginOf(destination);
  const client = new Client(timeoutMs);
  try {
    await whileAlive(
      destination,
      () => client.close(),
      async (alive) => {
        await greet(client, destination, security);
        alive();
        await client.login(login.user, login.password);
        alive();
        await client.useDefaultSettings();
      },
    );
    return client;
  } catch (error) {
    client.close();
    // 530: not logged in (RFC 959). Some servers say so too when they have their fill of connections.
    if (error instanceof FTPError && error.code === 530 && !isFull.test(error.message)) {
      throw new PermanentError(`${hostOf(url)}: it refuses the login of '${login.user}'`, {
        cause: error,
      });
    }
    throw inWords(url, error);
  }
}

async function greet(
  client: Client,
  { url, ca }: Destination,
  security: FtpSecurity,
): Promise<void> {
  const host = socketHost(url);
  const port = Number(url.port || ports[security]);
  const trusting = { host, ...(ca === undefined ? {} : { ca }) };
  if (security === 'implicit') {
    await client.connectImplicitTLS(host, port, trusting);
    return;
  }
  await client.connect(host, port);
  if (security === 'explicit') await client.useTLS(trusting);
}

function loginOf({ url, credentials }: Destination): { user: string; password: string } {
  const { user, password, privateKey } = credentials;
  if (user === undefined && password === undefined && privateKey === undefined) {
    return { user: 'anonymous', password: 'anonymous@' };
  }
  if (user === undefined || password === undefined) {
    const lacks = user === undefined ? 'user' : 'password';
    throw new PermanentError(`${hostOf(url)}: the target's secret needs a '${lacks}'`);
  }
  return { user, password };
}
