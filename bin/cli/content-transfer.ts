import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { plainText } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';

/** S3 takes no more in one PUT. */
const mostBytes = 5 * 1024 ** 3;

/** Silence after which the connection counts as dead. */
const silenceMs = 60_000;

/** A file that is open to be uploaded. */
export interface Upload {
  readonly size: number;
  readonly handle: FileHandle;
  readonly close: () => Promise<void>;
}

/** Opens a file; refuses what cannot be uploaded, before anything is sent. */
export async function openUpload(path: string): Promise<Upload> {
  const handle = await open(path).catch(() => {
    throw usageFailure(`There is no file to read at ${path}.`);
  });
  const stat = await handle.stat();
  const upload = { size: stat.size, handle, close: async () => handle.close() };
  if (stat.isFile() && stat.size <= mostBytes) return upload;
  await upload.close();
  throw usageFailure(
    stat.isFile()
      ? `${path} is larger than 5 GB, the most that one upload takes.`
      : `${path} is no file.`,
  );
}

/**
 * Sends a file to a presigned URL as it is read, in little memory however large it is. Only the URL's
 * own signature lets it in: no token goes there.
 *
 * @returns what was sent
 * @throws Failure when the store could not be reached, or refuses
 */
export async function transfer(
  { size, handle }: Upload,
  url: string,
  surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'interrupted'>,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  const shown = progressLine(size, surroundings);
  let sent = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sent += chunk.length;
      shown.tell(sent);
      done(null, chunk);
    },
  });
  const { interrupted: signal } = surroundings;
  const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(url, { method: 'PUT', signal, headers: { 'content-length': size } });
  outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error('the store went silent')));
  const answered = answerOf(outgoing);
  try {
    // The length was promised: what a growing file has got since is not sent.
    const bytes = handle.createReadStream({ autoClose: false, ...(size > 0 && { end: size - 1 }) });
    const [answer] = await Promise.all([
      answered,
      pipeline(bytes, measure, outgoing, { signal }).catch((error: unknown) =>
        broken(answered, error),
      ),
    ]);
    await accepted(answer);
  } catch (error) {
    if (signal.aborted || error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      exitCodes.unreachable,
      `The file could not be uploaded: ${plainText(reason)}.`,
    );
  } finally {
    shown.clear();
  }
  return { size, sha256: hash.digest('hex') };
}

function answerOf(outgoing: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
}

/** A store that refuses may answer, and hang up, before it has read the file: its answer says why. */
async function broken(answered: Promise<IncomingMessage>, error: unknown): Promise<void> {
  const [answer] = await Promise.allSettled([answered]);
  if (answer.status === 'rejected') throw error;
}

async function accepted(answer: IncomingMessage): Promise<void> {
  const said = await text(answer);
  const { statusCode: status = 0 } = answer;
  if (status >= 200 && status < 300) return;
  const [, reason = ''] = /<Message>([^<]{1,300})<\/Message>/.exec(said) ?? [];
  throw new Failure(
    exitCodes.workFailed,
    plainText(
      `The store refused the file (${String(status)})${reason === '' ? '.' : `: ${reason}`}`,
    ),
  );
}

const clearLine = '\r\u001B[K';

/** One line that rewrites itself at each percent, on a terminal only. */
function progressLine(size: number, { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>) {
  const visible = stdout.isTTY === true && stderr.isTTY === true;
  let last = -1;
  return {
    tell: (sent: number) => {
      const percent = Math.floor((100 * sent) / size);
      if (!visible || percent === last) return;
      last = percent;
      stderr.write(`${clearLine}Uploading: ${String(percent)} % of ${String(size)} bytes`);
    },
    clear: () => {
      if (visible) stderr.write(clearLine);
    },
  };
}
