import type { Socket } from 'node:net';
import type { Client, SFTPWrapper } from 'ssh2';
import { abortion, SilenceError, type Limits } from './silence.ts';

/** What every server takes (draft-ietf-secsh-filexfer-02). */
const leastWriteBytes = 32_768;
const mostWriteBytes = 256 * 1_024;

/** Takes the answer to a request. */
type Answer<T> = (error: Error | null | undefined, result?: T) => void;

/**
 * Requests to an SFTP server, as many at the same time as one likes. While any is open the server has to
 * answer one of them from time to time, or else all end.
 */
export class SftpSession {
  readonly #socket: Socket;
  readonly #sftp: SFTPWrapper;
  readonly #limits: Limits;
  readonly #open = new Set<(why: Error) => void>();
  #gathering = false;
  #timer: NodeJS.Timeout | undefined;
  #ended: Error | undefined;
  readonly #abort = () => this.#end(abortion(this.#limits.signal));

  constructor(
    { client, socket, sftp }: { client: Client; socket: Socket; sftp: SFTPWrapper },
    limits: Limits,
  ) {
    this.#socket = socket;
    this.#sftp = sftp;
    this.#limits = limits;
    const lost = (error?: Error) => this.#end(error ?? new Error('the connection was closed'));
    client.on('error', lost);
    client.on('close', () => lost());
    sftp.on('error', lost);
    sftp.on('close', () => lost());
    limits.signal.addEventListener('abort', this.#abort);
  }

  get usable(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Bytes of a write request: as many as the server takes, which the library knows (OpenSSH tells it) and
   * keeps to itself, within reason.
   */
  get writeBytes(): number {
    const most: unknown = Reflect.get(this.#sftp, '_maxWriteLen');
    return typeof most === 'number' && most > 0 ? Math.min(most, mostWriteBytes) : leastWriteBytes;
  }

  /** Sends a request and waits for its answer. */
  request<T>(send: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T | undefined> {
    return new Promise<T | undefined>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#open.add(reject);
      this.#watch();
      this.#gather();
      const answered = () => {
        this.#open.delete(reject);
        if (this.#open.size === 0) this.#rest();
        else this.#timer?.refresh();
      };
      try {
        send(this.#sftp, (error, result) => {
          answered();
          if (error) reject(error);
          else resolve(result);
        });
      } catch (error) {
        answered();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  close(): void {
    this.#end(new Error('the connection was closed'));
  }

  /** The library writes each packet by itself: those of one turn go in one call of the system. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#gathering = false;
      this.#socket.uncork();
    });
  }

  #watch(): void {
    const { timeoutMs } = this.#limits;
    this.#timer ??= setTimeout(() => this.#end(new SilenceError(timeoutMs)), timeoutMs);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #end(why: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#rest();
    this.#limits.signal.removeEventListener('abort', this.#abort);
    const open = [...this.#open];
    this.#open.clear();
    for (const reject of open) reject(why);
    // The client's own end and destroy leave a socket to a server that no longer reads.
    this.#socket.destroy();
  }
}
