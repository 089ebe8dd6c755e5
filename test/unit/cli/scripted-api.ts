import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** Path and query as they came over the wire. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

export interface ScriptedAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The connection breaks instead of answering. */
  cut?: boolean;
}

type Script = (request: ReceivedRequest, nth: number) => ScriptedAnswer;

/** A real HTTP server on loopback that answers as told and keeps what it was asked. */
export async function startScriptedApi(script: Script) {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      requests.push(received);
      const { status = 200, body, headers = {}, cut } = script(received, requests.length);
      if (cut === true) {
        request.socket.destroy();
        return;
      }
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type ScriptedApi = Awaited<ReturnType<typeof startScriptedApi>>;

/** A problem document as the API writes them. */
export function problem(
  status: number,
  detail: string,
  errors?: { path: string; message: string }[],
): ScriptedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': 'req-7' },
    body: { type: 'about:blank', title: 'A title', status, detail, instance: 'req-7', errors },
  };
}
