import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { FTPError, type Client } from 'basic-ftp';
import type {
  Connection,
  Destination,
  OutgoingFile,
  PushSender,
} from '../../shared/define/push-sender.ts';
import { inWords } from './failure-words.ts';
import { fileBytes } from './file-bytes.ts';
import { openFtp, type FtpSecurity } from './ftp-connect.ts';
import { moveOver, remove, sizeOf } from './ftp-names.ts';
import { isError } from './is-error.ts';
import { remotePlace, type RemotePlace } from './remote-place.ts';
import { whileAlive } from './silence.ts';

/** FTP in passive mode; `explicit` is TLS asked for at the beginning (RFC 4217), `implicit` on a port of its own. */
export function ftpSender(scheme: string, security: FtpSecurity): PushSender {
  return {
    scheme,
    async connect(destination): Promise<Connection> {
      const client = await openFtp(destination, security);
      const folders = new Set<string>();
      // Between files nothing waits, so only the signal is left to look out for.
      const end = () => client.close();
      destination.signal.addEventListener('abort', end);
      return {
        usable: () => !client.closed,
        put: async (file) => {
          try {
            await put(client, folders, destination, file);
          } catch (error) {
            throw inWords(destination.url, ftpFailure(error));
          }
        },
        close: () => {
          destination.signal.removeEventListener('abort', end);
          client.close();
          return Promise.resolve();
        },
      };
    },
  };
}

async function put(
  client: Client,
  folders: Set<string>,
  destination: Destination,
  file: OutgoingFile,
): Promise<void> {
  const place = remotePlace(destination.url, file);
  const refusal = await makeFolders(client, folders, destination, place);
  try {
    if (destination.atomic) await putThenRename(client, destination, file, place);
    else await writeWhole(client, destination, file, place.final);
  } catch (error) {
    for (const each of place.folders) folders.delete(each);
    if (refusal === undefined || !(error instanceof FTPError)) throw error;
    throw new Error(`${error.message}; its folder could not be made: ${refusal}`, { cause: error });
  }
}

async function putThenRename(
  client: Client,
  destination: Destination,
  file: OutgoingFile,
  place: RemotePlace,
): Promise<void> {
  for (const each of place.stale) {
    // oxlint-disable-next-line no-await-in-loop -- FTP does one thing at a time
    await commanded(client, destination, () => remove(client, each));
  }
  try {
    await writeWhole(client, destination, file, place.temporary);
    await commanded(client, destination, () => moveOver(client, place.temporary, place.final));
  } catch (error) {
    if (!client.closed) {
      await commanded(client, destination, () => remove(client, place.temporary)).catch(
        () => undefined,
      );
    }
    throw error;
  }
}

/**
 * Makes folders that this connection has not seen yet. FTP has no word for what is there already: what
 * a refusal meant shows when a file is written.
 *
 * @returns the last refusal
 */
async function makeFolders(
  client: Client,
  known: Set<string>,
  destination: Destination,
  { folders }: RemotePlace,
): Promise<string | undefined> {
  let refusal: string | undefined;
  for (const folder of folders.filter((each) => !known.has(each))) {
    // oxlint-disable-next-line no-await-in-loop -- one is in the other
    const { code, message } = await commanded(client, destination, () =>
      client.sendIgnoringError(`MKD ${folder}`),
    );
    refusal = code >= 400 ? message : undefined;
    known.add(folder);
  }
  return refusal;
}

async function writeWhole(
  client: Client,
  destination: Destination,
  file: OutgoingFile,
  path: string,
): Promise<void> {
  await whileAlive(
    destination,
    () => client.close(),
    async (alive) => {
      const source = Readable.from(watched(fileBytes(file, destination), alive), {
        objectMode: false,
        highWaterMark: 256 * 1_024,
      });
      try {
        await client.uploadFrom(source, path);
      } catch (error) {
        // The server may still answer for a transfer that ended on this side: nobody could tell what to.
        if (!(error instanceof FTPError)) client.close();
        throw error;
      } finally {
        source.destroy();
      }
    },
  );
  const size = await commanded(client, destination, () => sizeOf(client, path));
  if (size !== file.size) {
    throw new Error(
      `'${path}' has ${String(size)} bytes after its upload, not ${String(file.size)}`,
    );
  }
}

/**
 * A server that takes bytes lives. The end of an empty file must not come in the turn in which TLS was
 * agreed on: it would cut off the last message of the handshake.
 */
async function* watched(bytes: AsyncIterable<Buffer>, alive: () => void): AsyncGenerator<Buffer> {
  await setImmediate();
  for await (const chunk of bytes) {
    alive();
    yield chunk;
  }
  alive();
}

function commanded<T>(
  client: Client,
  destination: Destination,
  command: () => Promise<T>,
): Promise<T> {
  return whileAlive(destination, () => client.close(), command);
}

/** What a server says, without line breaks. */
function ftpFailure(error: unknown): unknown {
  if (error instanceof FTPError) {
    return new Error(error.message.replaceAll(/\s*\n\s*/g, ' '), { cause: error });
  }
  if (isError(error) && /^(Server|Client is closed|User closed)/.test(error.message)) {
    return new Error('the connection was closed', { cause: error });
  }
  return error;
}
