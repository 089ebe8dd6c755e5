import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { parseAllowedTargets } from '../../../lambdas/webhooks/allowed-targets.ts';
import { UndiciPoster } from '../../../lambdas/webhooks/undici-poster.ts';

const maxBodyBytes = 64 * 1_024;

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

/** A receiver that says how long its answer is, sends so much of its body, and then nothing. */
async function sending({ bytes, of: length }: { bytes: number; of: number }) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(length)}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes, 'x'));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/`, sockets };
}

function posting(timeoutMs: number) {
  const allowed = parseAllowedTargets(['127.0.0.1/32:*']);
  const poster = new UndiciPoster({ allowed, timeoutMs, now: () => Date.now() });
  return async (target: string) => poster.post({ target, id: 'evt_1', body: '{}', secrets: [] });
}

test('what a receiver has sent decides once it is 64 KiB, and no more is taken', async () => {
  const receiver = await sending({ bytes: maxBodyBytes, of: 1_000_000_000 });
  const { attempt } = await posting(2_000)(receiver.url);
  expect(attempt).toMatchObject({ status: 200 });
  expect(attempt.error).toBeUndefined();
  const [socket] = receiver.sockets;
  if (!socket) throw new Error('it was posted');
  if (!socket.destroyed) await once(socket, 'close');
  expect(socket.bytesWritten).toBeLessThan(maxBodyBytes + 1_000);
});

test('a receiver that stops a byte before is waited for', async () => {
  const receiver = await sending({ bytes: maxBodyBytes - 1, of: maxBodyBytes });
  const { attempt } = await posting(300)(receiver.url);
  expect(attempt.error).toMatchObject({ kind: 'timeout' });
});

test('an answer of less than that leaves its connection for the next post', async () => {
  const receiver = await sending({ bytes: maxBodyBytes - 1, of: maxBodyBytes - 1 });
  const post = posting(2_000);
  await post(receiver.url);
  await post(receiver.url);
  expect(receiver.sockets).toHaveLength(1);
  for (const socket of receiver.sockets) socket.destroy();
});
