import { buffer } from 'node:stream/consumers';
import type { Connection, OutgoingFile } from '../../../lambdas/shared/define/push-sender.ts';
import type { PushTarget } from '../../../lambdas/shared/define/push-target.ts';
import type { Connector } from '../../../lambdas/push/send/connector.ts';

/** What a test has the server do instead, asked before each step. */
export interface Mischief {
  connect?: (target: PushTarget, signal: AbortSignal) => void | Promise<void>;
  /** Before the bytes of a file are taken. */
  put?: (file: OutgoingFile, target: PushTarget, signal: AbortSignal) => void | Promise<void>;
  /** When the temporary file is whole. */
  rename?: (file: OutgoingFile, target: PushTarget, signal: AbortSignal) => void | Promise<void>;
  parallel?: number;
}

/** A failure by which the connection is lost. */
export class CutError extends Error {}

/**
 * A partner's server in memory: files have temporary names until they are whole, as those of the senders
 * that ship. It remembers every file that got its name, and how many connections it had at once.
 */
export class WorkerServer implements Connector {
  readonly files = new Map<string, string>();
  /** Paths in the order in which they got their names, again and again. */
  readonly arrivals: { path: string; text: string; mark: string }[] = [];
  readonly connects: string[] = [];
  /** Connections at the same time, now and at most, by URL. */
  readonly #open = new Map<string, number>();
  most = 0;
  mischief: Mischief = {};

  async connect(target: PushTarget, signal: AbortSignal): Promise<Connection> {
    await this.mischief.connect?.(target, signal);
    this.connects.push(target.name);
    const { host } = new URL(target.url);
    this.#count(host, 1);
    let isOpen = true;
    let isLost = false;
    const lose = (): void => {
      isLost = true;
      if (isOpen) this.#count(host, -1);
      isOpen = false;
    };
    // A dead worker's connection ends when its process does; a signal ends it at once.
    signal.addEventListener('abort', lose);
    return {
      ...(this.mischief.parallel !== undefined && { parallel: this.mischief.parallel }),
      usable: () => !isLost,
      put: async (file) => {
        if (isLost) throw new CutError('not connected');
        try {
          await this.#put(
            target,
            file,
            () => {
              signal.throwIfAborted();
              if (isLost) throw new CutError('the connection was lost');
            },
            signal,
          );
        } catch (error) {
          if (error instanceof CutError) lose();
          throw error;
        }
      },
      close: () => {
        lose();
        return Promise.resolve();
      },
    };
  }

  temporary(): string[] {
    return [...this.files.keys()].filter((path) => path.endsWith('.part'));
  }

  async #put(
    target: PushTarget,
    file: OutgoingFile,
    holds: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const final = `${target.name}/${file.path}`;
    const nameOf = (mark: string) => `${final}.${mark}.part`;
    for (const mark of file.earlierMarks) this.files.delete(nameOf(mark));
    this.files.set(nameOf(file.mark), '');
    await this.mischief.put?.(file, target, signal);
    holds();
    const bytes = await buffer(await file.open());
    // A test may say that a file is larger than it is.
    if (bytes.length > file.size) throw new Error('another size');
    this.files.set(nameOf(file.mark), bytes.toString());
    await this.mischief.rename?.(file, target, signal);
    holds();
    this.files.set(final, bytes.toString());
    this.files.delete(nameOf(file.mark));
    this.arrivals.push({ path: final, text: bytes.toString(), mark: file.mark });
  }

  #count(host: string, by: number): void {
    const now = (this.#open.get(host) ?? 0) + by;
    this.#open.set(host, Math.max(0, now));
    this.most = Math.max(this.most, now);
  }
}
