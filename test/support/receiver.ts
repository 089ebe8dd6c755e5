import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A post as it came in. */
export interface ReceivedPost {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The body's bytes, read as UTF-8. */
  body: string;
  /** When its body was complete, milliseconds since the epoch. */
  at: number;
  /** Number of the TCP connection by which it came, from 0. */
  connection: number;
}

/** What a receiver does with a post. */
export type Answer =
  /** Answers, after a while if need be; `gzip` compresses the body whatever was asked for. */
  | {
      status: number;
      headers?: Record<string, string>;
      body?: string;
      gzip?: boolean;
      afterMs?: number;
    }
  /** Never answers. */
  | { does: 'hang' }
  /** Resets the connection instead of an answer. */
  | { does: 'reset' }
  /** Resets or ends the connection in the middle of the answer's body. */
  | { does: 'reset-mid-body' | 'end-mid-body'; status?: number }
  /** Sends the head, then a byte of the body every few milliseconds, for ever. */
  | { does: 'drip'; status?: number; everyMs?: number }
  /** Sends the beginning of headers, then one byte of them every few milliseconds, for ever. */
  | { does: 'drip-headers'; everyMs?: number }
  /** Sends headers of so many bytes altogether. */
  | { does: 'header-bomb'; bytes: number }
  /** Sends a body of so many bytes as fast as it is taken. */
  | { does: 'huge-body'; status?: number; bytes: number }
  /** Sends these bytes instead of an HTTP answer, then ends the connection. */
  | { does: 'raw'; bytes: string }
  /** Answers, then closes the connection as soon as it is idle, without having announced it. */
  | { does: 'answer-and-close'; status: number };

/** Answers in turn, of which the last one stays; or an answer for each post. */
export type Script = readonly Answer[] | ((post: ReceivedPost, index: number) => Answer);

/** A receiver of webhooks on 127.0.0.1. */
export interface Receiver {
  /** Base of targets, such as `http://127.0.0.1:34567`, without a slash at its end. */
  url: string;
  port: number;
  /** What came in, oldest first. */
  posts: readonly ReceivedPost[];
  /** TCP connections so far. */
  connections(): number;
  /** Bytes that any connection has received, TLS's included. */
  bytesReceived(): number;
  /** Replaces the script; the next post gets its first answer. */
  script(script: Script): void;
  /** Settles when so many posts have come altogether. */
  received(count: number): Promise<readonly ReceivedPost[]>;
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a receiver that answers 200 until it is told otherwise. */
export async function startReceiver(
  options: {
    /** PEM texts: speaks HTTPS. */
    tls?: { key: string; cert: string };
    script?: Script;
    /** @default a free one */
    port?: number;
    /** @default 127.0.0.1 */
    host?: '127.0.0.1' | '::1';
  } = {},
): Promise<Receiver> {
  const posts: ReceivedPost[] = [];
  const sockets: Socket[] = [];
  const numbers = new WeakMap<Socket, number>();
  const waiting: { count: number; settle: () => void }[] = [];
  let script: Script = options.script ?? [{ status: 200 }];
  let first = 0;

  function onRequest(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const post: ReceivedPost = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
        connection: numbers.get(request.socket) ?? -1,
      };
      posts.push(post);
      for (const { count, settle } of waiting) if (posts.length >= count) settle();
      const index = posts.length - 1 - first;
      const answer =
        typeof script === 'function'
          ? script(post, index)
          : (script[Math.min(index, script.length - 1)] ?? { status: 200 });
      give(answer, response);
    });
  }

  const { tls } = options;
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  // Longer than any test: whoever wants a connection closed says so.
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    numbers.set(socket, sockets.length);
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.on('secureConnection', (socket: Socket) => numbers.set(socket, sockets.length - 1));
  server.on('tlsClientError', () => undefined);
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host === '::1' ? '[::1]' : host}:${port}`,
    port,
    posts,
    connections: () => sockets.length,
    bytesReceived: () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0),
    script(next) {
      script = next;
      first = posts.length;
    },
    async received(count) {
      if (posts.length < count) {
        await new Promise<void>((settle) => waiting.push({ count, settle }));
      }
      return posts;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function give(answer: Answer, response: ServerResponse) {
  const socket = response.socket;
  if (socket === null) return;
  if ('status' in answer && !('does' in answer)) {
    const { status, headers = {}, body = '', gzip = false, afterMs } = answer;
    const send = () =>
      gzip
        ? response.writeHead(status, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(body))
        : response.writeHead(status, headers).end(body);
    if (afterMs === undefined) send();
    else setTimeout(send, afterMs).unref();
    return;
  }
  switch (answer.does) {
    case 'hang':
      return;
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'reset-mid-body':
    case 'end-mid-body':
      response.writeHead(answer.status ?? 200, { 'content-length': '1000' });
      response.write('the beginning of', () =>
        // A moment, so that what was written arrives before the reset, which would overtake it.
        setTimeout(
          () => (answer.does === 'end-mid-body' ? socket.end() : socket.resetAndDestroy()),
          50,
        ),
      );
      return;
    case 'drip':
      response.writeHead(answer.status ?? 200, { 'content-type': 'text/plain' });
      drip(socket, answer.everyMs, () => response.write('.'));
      return;
    case 'drip-headers':
      socket.write('HTTP/1.1 200 OK\r\nx-drip: ');
      drip(socket, answer.everyMs, () => socket.write('.'));
      return;
    case 'header-bomb':
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n');
      for (let sent = 0, n = 0; sent < answer.bytes; sent += 1_000, n += 1) {
        const name = `x-bomb-${n}: `;
        socket.write(`${name}${'b'.repeat(998 - name.length)}\r\n`);
      }
      socket.write('\r\n');
      return;
    case 'huge-body':
      response.writeHead(answer.status ?? 200, { 'content-length': String(answer.bytes) });
      pour(response, answer.bytes);
      return;
    case 'raw':
      socket.end(answer.bytes);
      return;
    case 'answer-and-close':
      response.writeHead(answer.status, { connection: 'keep-alive' });
      response.end('', () => socket.end());
  }
}

function drip(socket: Socket, everyMs = 10, write: () => unknown) {
  const timer = setInterval(write, everyMs);
  socket.on('close', () => clearInterval(timer));
}

function pour(response: ServerResponse, bytes: number) {
  const piece = Buffer.alloc(16_384, 'h');
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const chunk = piece.subarray(0, Math.min(left, piece.length));
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}
