import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { localAuthority } from '../../certificates.ts';
import type { Peer } from './peer.ts';

export interface HttpsPeer extends Peer {
  /** What came, oldest first: method, path with query, headers. */
  requests: readonly IncomingMessage[];
}

/** A server that keeps what is put, with a certificate of an authority of its own. */
export async function startHttps(
  answer?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpsPeer> {
  const files = await mkdtemp(join(tmpdir(), 'https-'));
  const authority = await localAuthority();
  const credentials = { user: 'sequitur', password: 'a b&c' };
  const expected = `Basic ${Buffer.from('sequitur:a b&c').toString('base64')}`;
  const requests: IncomingMessage[] = [];
  const keep = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'https://any').pathname);
    if (request.method !== 'PUT' || request.headers.authorization !== expected) {
      response.writeHead(401).end('who are you?');
      return;
    }
    await mkdir(dirname(join(files, path)), { recursive: true });
    await pipeline(request, createWriteStream(join(files, path)));
    response.writeHead(201).end();
  };
  const server = createServer(
    await authority.certify({ names: ['127.0.0.1'] }),
    (request, response) => {
      requests.push(request);
      if (answer !== undefined) answer(request, response);
      else keep(request, response).catch(() => response.destroy());
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${String(port)}`,
    credentials,
    hostKeys: [],
    ca: authority.ca,
    files,
    requests,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await rm(files, { recursive: true, force: true });
    },
  };
}
