import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server, which can be cut. */
export interface Line {
  port: number;
  /** Cuts all connections once so many bytes went to the server, from now on. */
  cutAfter: (bytes: number) => void;
  /** Holds everything back once so many bytes went to the server, from now on. */
  holdAfter: (bytes: number) => void;
  stop: () => Promise<void>;
}

/** A line to a port of 127.0.0.1. Without one, nobody answers at its other end: it accepts, and that is all. */
export async function startLine(to?: number): Promise<Line> {
  const ends = new Set<Socket>();
  let passed = 0;
  let cutAt = Infinity;
  let holdAt = Infinity;
  const server = createServer((near) => {
    ends.add(near);
    near.on('error', () => undefined);
    if (to === undefined) return;
    const far = connect(to, '127.0.0.1');
    ends.add(far);
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.on('data', (bytes: Buffer) => {
      passed += bytes.length;
      if (passed > cutAt) {
        cutAt = Infinity;
        for (const each of ends) each.destroy();
      } else if (passed > holdAt) {
        near.pause();
        far.pause();
      } else {
        far.write(bytes);
      }
    });
    far.on('data', (bytes: Buffer) => near.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (bytes) => {
      cutAt = passed + bytes;
    },
    holdAfter: (bytes) => {
      holdAt = passed + bytes;
    },
    stop: async () => {
      for (const each of ends) each.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
