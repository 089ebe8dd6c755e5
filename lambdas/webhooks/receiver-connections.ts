import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Client from 'undici/lib/dispatcher/client.js';
import type { Connect } from './checked-connect.ts';

/** A connection to a receiver, for one post at a time. */
export interface ReceiverConnection {
  client: Client;
  /** Bytes that were handed to the system so far. */
  bytesWritten: () => number;
  /** Keeps it for the next post to this receiver. */
  release(): void;
  destroy(): void;
}

/**
 * Milliseconds that a connection is kept while nothing is posted. Short, because receivers close idle
 * ones when they please; and a function that was frozen in between finds only dead ones.
 */
const maxIdleMs = 1_000;

/** Bytes of an answer's headers. */
const maxHeaderBytes = 16 * 1_024;

/** Connections to receivers, kept open from one post to the next. */
export class ReceiverConnections {
  readonly #connect: Connect;
  readonly #now: () => number;
  /** By origin, the one used last at the end. */
  readonly #idle = new Map<string, Kept[]>();

  constructor(connect: Connect, now: () => number) {
    this.#connect = connect;
    this.#now = now;
  }

  /** Fails as `Connect` does. `fresh`: none that was used before. */
  async take(url: URL, signal: AbortSignal, fresh = false): Promise<ReceiverConnection> {
    const kept = fresh ? undefined : await this.#takeIdle(url.origin);
    if (kept !== undefined) return this.#lent(url.origin, kept, true);
    const socket = await this.#connect(url, signal);
    return this.#lent(url.origin, { socket, client: clientOn(socket, url), idleSince: 0 }, false);
  }

  async #takeIdle(origin: string): Promise<Kept | undefined> {
    for (;;) {
      const kept = this.#idle.get(origin)?.pop();
      if (kept === undefined) return undefined;
      // What has come by it meanwhile, such as its end, is seen first.
      // oxlint-disable-next-line no-await-in-loop -- one after the other until one is good
      await nextTurn();
      if (!kept.socket.destroyed && this.#now() - kept.idleSince <= maxIdleMs) return kept;
      destroy(kept);
    }
  }

  #lent(origin: string, kept: Kept, reused: boolean): ReceiverConnection {
    return {
      client: kept.client,
      bytesWritten: () => kept.socket.bytesWritten,
      release: () => {
        if (kept.socket.destroyed) return;
        const idle = this.#idle.get(origin) ?? [];
        this.#idle.set(origin, [...idle, { ...kept, idleSince: this.#now() }]);
        if (!reused) kept.socket.once('close', () => this.#forget(origin, kept.socket));
      },
      destroy: () => destroy(kept),
    };
  }

  #forget(origin: string, socket: Socket) {
    const left = (this.#idle.get(origin) ?? []).filter((kept) => kept.socket !== socket);
    if (left.length > 0) this.#idle.set(origin, left);
    else this.#idle.delete(origin);
  }
}

interface Kept {
  socket: Socket;
  client: Client;
  /** Milliseconds since the epoch. */
  idleSince: number;
}

/** A client that speaks HTTP/1.1 on a socket and never connects by itself. */
function clientOn(socket: Socket, url: URL): Client {
  let free: Socket | undefined = socket;
  return new Client(url.origin, {
    connect: (_options, callback) => {
      const given = free;
      free = undefined;
      // Not at once: undici would take no notice.
      queueMicrotask(() =>
        given === undefined ? callback(closedError(), null) : callback(null, given),
      );
    },
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    // Of the whole post there is one time-out, which its caller keeps.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: maxIdleMs,
    keepAliveMaxTimeout: maxIdleMs,
  });
}

function closedError() {
  return Object.assign(new Error('closed while idle'), { code: 'ECONNRESET' });
}

function destroy({ client, socket }: Kept) {
  socket.destroy();
  client.destroy().catch(() => undefined);
}
