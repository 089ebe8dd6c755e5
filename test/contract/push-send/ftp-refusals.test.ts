import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { openFtp } from '../../../lambdas/push/send/ftp-connect.ts';
import { destinationOn } from '../../support/push/peers/outgoing.ts';

/** What comes of a login that a server answers so. */
async function refusedWith(answer: string): Promise<unknown> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('220 hello\r\n');
    socket.on('data', () => socket.write(`${answer}\r\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer = { url: `ftp://127.0.0.1:${String(port)}`, credentials: {}, hostKeys: [] };
  try {
    return await openFtp(destinationOn(peer), 'none').catch((error: unknown) => error);
  } finally {
    server.close();
  }
}

test.each(['530 Login incorrect.', '530 User cannot log in.', '530 Login authentication failed'])(
  'a login refused with %j is refused for good',
  async (answer) => {
    expect(await refusedWith(answer)).toMatchObject({ name: 'PermanentError' });
  },
);

test.each([
  '530 Sorry, the maximum number of clients (2) from your host are already connected.',
  '530 Too many connections from this internet address',
  '530-Hello\r\n530 Sorry, the maximum number of allowed clients (50) are already connected.',
  '421 Too many users are connected, please try again later',
])('a server that is full and says %j may have room later', async (answer) => {
  const error = await refusedWith(answer);
  expect(error).toMatchObject({ name: 'SendError' });
  expect(String(error)).toMatch(/maximum|Too many/);
});
