import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import * as z from 'zod';
import { receiverOrderSchema } from './receiver-messages.ts';
import type { ReceiverMessage } from './receiver-messages.ts';

const [, , text = ''] = process.argv;
const { failsEach, takesMs, tells } = receiverOrderSchema.parse(JSON.parse(text));

const headEnd = '\r\n\r\n';
const answers = {
  good: 'HTTP/1.1 204 No Content\r\n\r\n',
  bad: 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n',
};

const tally = { posts: 0, good: 0 };

const server = createServer((socket) => receive(socket));
server.listen({ port: 0, host: '127.0.0.1' }, () => {
  const { port } = portSchema.parse(server.address());
  tell({ kind: 'ready', port });
});
process.on('message', () => tell({ kind: 'tally', ...tally }));
process.once('disconnect', () => process.exit());

const portSchema = z.custom<AddressInfo>((address) => typeof address === 'object');

/**
 * Reads posts as clients write them: one after the other on a connection, each with the length of its
 * body. That takes less than a whole HTTP server, so that what posts is measured and not this.
 */
function receive(socket: Socket): void {
  let read = '';
  let at = 0;
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece: string) => {
    if (read === '') at = performance.timeOrigin + performance.now();
    read += piece;
    const bodyStart = read.indexOf(headEnd) + headEnd.length;
    if (bodyStart < headEnd.length) return;
    const head = read.slice(0, bodyStart);
    if (read.length < bodyStart + Number(valueOf(head, 'content-length'))) return;
    const post = read;
    read = '';
    const answer = answerTo(post, head, at);
    if (takesMs === 0) socket.write(answer);
    else setTimeout(() => socket.write(answer), takesMs);
  });
}

function answerTo(post: string, head: string, at: number): string {
  tally.posts += 1;
  if (tells) {
    const body = Buffer.from(post.slice(head.length), 'latin1').toString();
    tell({ kind: 'post', at, headers: signatureOf(head), body });
  }
  if (failsEach !== undefined && tally.posts % failsEach === 0) return answers.bad;
  tally.good += 1;
  return answers.good;
}

function signatureOf(head: string) {
  return {
    'webhook-id': valueOf(head, 'webhook-id'),
    'webhook-timestamp': valueOf(head, 'webhook-timestamp'),
    'webhook-signature': valueOf(head, 'webhook-signature'),
  };
}

function valueOf(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(head)?.[1] ?? '';
}

function tell(message: ReceiverMessage): void {
  process.send?.(message);
}
