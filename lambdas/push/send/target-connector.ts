import type { Connection, Destination, PushSender } from '../../shared/define/push-sender.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';
import { PermanentError } from '../../shared/errors.ts';
import type { Connector } from './connector.ts';
import { targetCredentials, type Remembered } from './target-credentials.ts';
import type { SecretReader } from './secret-reader.ts';

export interface ConnectorParts {
  /** Of several with a scheme the first counts: own ones go before those that ship. */
  senders: readonly PushSender[];
  secrets: SecretReader;
  /** PEM of a target's `caFile`. */
  readCa: (caFile: string) => Promise<string>;
  /** Silence after which a server counts as dead. */
  timeoutMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Connects to targets. A secret is remembered for five minutes; when a server refuses a remembered one
 * for good, it is read anew, so that a password that was changed works at once.
 */
export function connector(parts: ConnectorParts): Connector {
  const remembered = targetCredentials(parts);
  return {
    async connect(target, signal) {
      const url = new URL(target.url);
      const sender = senderFor(url, parts.senders);
      const known = await secretOf(target);
      const rest = {
        url,
        hostKeys: target.hostKeys ?? [],
        ...(target.caFile === undefined ? {} : { ca: await parts.readCa(target.caFile) }),
        atomic: target.atomic ?? true,
        timeoutMs: parts.timeoutMs,
        signal,
      };
      return connectWith(sender, target.secret, rest, known);
    },
  };

  function secretOf({ secret }: PushTarget): Promise<Remembered> {
    return secret === undefined
      ? Promise.resolve({ credentials: {}, fresh: true })
      : remembered.of(secret);
  }

  async function connectWith(
    sender: PushSender,
    secret: string | undefined,
    rest: Omit<Destination, 'credentials'>,
    { credentials, fresh }: Remembered,
  ): Promise<Connection> {
    try {
      const connection = await sender.connect({ ...rest, credentials });
      return fresh || secret === undefined ? connection : doubted(connection, secret);
    } catch (error) {
      if (fresh || secret === undefined || !(error instanceof PermanentError)) throw error;
      remembered.forget(secret);
      return connectWith(sender, secret, rest, await remembered.of(secret));
    }
  }

  /**
   * Some servers look at the credentials with each file only. What is refused then with a remembered
   * secret may be tried again, on a new connection with the secret as it is by then.
   */
  function doubted(connection: Connection, secret: string): Connection {
    let refused = false;
    return {
      ...(connection.parallel === undefined ? {} : { parallel: connection.parallel }),
      usable: () => !refused && (connection.usable?.() ?? true),
      put: async (file) => {
        try {
          await connection.put(file);
        } catch (error) {
          if (!(error instanceof PermanentError)) throw error;
          refused = true;
          remembered.forget(secret);
          throw new Error(error.message, { cause: error });
        }
      },
      close: () => connection.close(),
    };
  }
}

function senderFor(url: URL, senders: readonly PushSender[]): PushSender {
  const scheme = url.protocol.slice(0, -1);
  const found = senders.find((each) => each.scheme === scheme);
  if (found !== undefined) return found;
  const known = [...new Set(senders.map((each) => each.scheme))].join(', ');
  throw new PermanentError(`there is no sender for ${scheme}: those that exist are ${known}`);
}
