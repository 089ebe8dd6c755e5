import type { Stats } from 'ssh2';
import type { OutgoingFile } from '../../shared/define/push-sender.ts';
import { fileBytes } from './file-bytes.ts';
import type { SftpSession } from './sftp-session.ts';
import type { Limits } from './silence.ts';

/** Bytes without an answer yet: as many as fit in the window of an SSH channel. */
const windowBytes = 2 * 1_024 * 1_024;

/**
 * Writes a file's bytes to an open handle, many requests ahead of the answers, and closes it. The
 * protocol has a server do requests for a file in their order, so asking for the size and closing need
 * not wait for the answers either.
 *
 * @returns the size that the file has on the server
 */
export async function uploadTo(
  session: SftpSession,
  handle: Buffer,
  path: string,
  file: OutgoingFile,
  limits: Limits,
): Promise<number> {
  const answers = new AnswerWindow();
  let position = 0;
  try {
    for await (const chunk of gathered(fileBytes(file, limits), session.writeBytes)) {
      const length = chunk.length;
      const at = position;
      if (answers.outstanding + length > windowBytes) await answers.room(windowBytes - length);
      answers.add(
        length,
        session.request<void>((sftp, answer) => sftp.write(handle, chunk, 0, length, at, answer)),
      );
      position += length;
    }
  } catch (error) {
    await settled(answers, session, handle);
    throw error;
  }
  const [size] = await Promise.all([
    session.request<Stats>((sftp, answer) => sftp.fstat(handle, answer)),
    session.request<void>((sftp, answer) => sftp.close(handle, answer)),
    answers.all(),
  ]);
  if (size?.size === file.size) return size.size;
  // A server may have told the size before it was done with the writing.
  const after = await session.request<Stats>((sftp, answer) => sftp.stat(path, answer));
  return after?.size ?? 0;
}

/** Pieces of so many bytes, as few as can be: each costs both sides a packet, a look-up and an answer. */
async function* gathered(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let count = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    count += chunk.length;
    if (count < bytes) continue;
    const all = waiting.length === 1 ? chunk : Buffer.concat(waiting, count);
    const whole = count - (count % bytes);
    for (let at = 0; at < whole; at += bytes) yield all.subarray(at, at + bytes);
    waiting = whole === count ? [] : [all.subarray(whole)];
    count -= whole;
  }
  if (count > 0)
    yield waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting, count);
}

/** Ends a file that will not be whole; why is told by what came before. */
async function settled(answers: AnswerWindow, session: SftpSession, handle: Buffer): Promise<void> {
  await Promise.allSettled([
    answers.all(),
    session.request<void>((sftp, answer) => sftp.close(handle, answer)),
  ]);
}

/** Counts what was sent and not answered yet. */
class AnswerWindow {
  outstanding = 0;
  #failure: { error: unknown } | undefined;
  #waiting: { upTo: number; wake: () => void } | undefined;

  add(bytes: number, answer: Promise<unknown>): void {
    this.outstanding += bytes;
    answer.then(
      () => this.#answered(bytes),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#answered(bytes);
      },
    );
  }

  /** Waits until no more than so many bytes are without an answer. @throws what a request failed with */
  async room(upTo: number): Promise<void> {
    while (this.outstanding > upTo && this.#failure === undefined) {
      // oxlint-disable-next-line no-await-in-loop -- each answer may be the one
      await new Promise<void>((wake) => {
        this.#waiting = { upTo, wake };
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits for all answers. @throws what a request failed with */
  async all(): Promise<void> {
    await this.room(0);
  }

  #answered(bytes: number): void {
    this.outstanding -= bytes;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.outstanding > waiting.upTo && this.#failure === undefined) return;
    this.#waiting = undefined;
    waiting.wake();
  }
}
