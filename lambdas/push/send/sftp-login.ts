import ssh2 from 'ssh2';
import type { ConnectConfig } from 'ssh2';
import type { Credentials } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import { hostOf } from './failure-words.ts';

export interface Login {
  config: Pick<
    ConnectConfig,
    'username' | 'password' | 'privateKey' | 'passphrase' | 'authHandler'
  >;
  /** What to say when the server refuses it. */
  refused: PermanentError;
}

/**
 * How to log in: by the key if there is one, then by the password, which also answers servers that ask
 * for it in a dialogue.
 *
 * @throws PermanentError when something is missing, or the key can't be read
 */
export function loginOf(url: URL, credentials: Credentials): Login {
  const { user, password, privateKey, passphrase } = credentials;
  const host = hostOf(url);
  if (user === undefined) {
    throw new PermanentError(`${host}: the target's secret needs a 'user'`);
  }
  if (password === undefined && privateKey === undefined) {
    throw new PermanentError(`${host}: the target's secret needs a 'password' or a 'privateKey'`);
  }
  if (privateKey !== undefined) requireReadable(host, privateKey, passphrase);
  const byPassword = password === undefined ? [] : (['password', 'keyboard-interactive'] as const);
  const byKey = privateKey === undefined ? [] : (['publickey'] as const);
  return {
    config: {
      username: user,
      authHandler: [...byKey, ...byPassword],
      ...(password === undefined ? {} : { password, tryKeyboard: true }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(passphrase === undefined ? {} : { passphrase }),
    },
    refused: new PermanentError(`${host}: it refuses the login of '${user}' ${means(credentials)}`),
  };
}

function means({ password, privateKey }: Credentials): string {
  if (privateKey === undefined) return 'by password';
  return password === undefined ? 'by private key' : 'by private key and by password';
}

function requireReadable(host: string, privateKey: string, passphrase: string | undefined): void {
  const key = ssh2.utils.parseKey(privateKey, passphrase);
  if (!(key instanceof Error)) return;
  const why = /no passphrase given/.test(key.message)
    ? 'is encrypted, and the secret has no passphrase'
    : passphrase === undefined
      ? 'is of no known form'
      : "is of no known form, or the secret's passphrase is not its own";
  throw new PermanentError(`${host}: the private key in the target's secret ${why}`);
}
