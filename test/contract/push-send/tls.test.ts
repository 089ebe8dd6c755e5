import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { httpsSender } from '../../../lambdas/push/send/https-sender.ts';
import { shippedSenders } from '../../../lambdas/push/send/shipped-senders.ts';
import type { Destination } from '../../../lambdas/shared/define/push-sender.ts';
import { localAuthority } from '../../support/certificates.ts';
import { startHttps, type HttpsPeer } from '../../support/push/peers/https-peer.ts';
import { startLine } from '../../support/push/peers/line.ts';
import {
  destinationOn,
  filesBelow,
  outgoing,
  someBytes,
} from '../../support/push/peers/outgoing.ts';
import type { Peer } from '../../support/push/peers/peer.ts';
import { startPyftpdlib } from '../../support/push/peers/pyftpdlib.ts';

// Servers start in processes of their own, on machines that have others to run.
jest.setTimeout(20_000);

async function putOne(destination: Destination): Promise<void> {
  const sender = shippedSenders.find(({ scheme }) => `${scheme}:` === destination.url.protocol);
  if (sender === undefined) throw new Error('no sender');
  const connection = await sender.connect(destination);
  try {
    await connection.put(outgoing(`${randomUUID()}.xml`, Buffer.from('x')));
  } finally {
    await connection.close();
  }
}

const servers: Record<string, () => Promise<Peer>> = {
  ftps: () => startPyftpdlib('explicit'),
  'ftps+implicit': () => startPyftpdlib('implicit'),
  https: () => startHttps(),
};

describe.each(Object.entries(servers))('certificates of %s', (_scheme, start) => {
  let peer: Peer;

  beforeAll(async () => {
    peer = await start();
  });
  afterAll(() => peer.stop());

  test('one that is of the given authority is trusted', async () => {
    await putOne(destinationOn(peer));
    expect(await filesBelow(peer.files)).toHaveLength(1);
  });

  test.each(['no', 'another'])(
    'with %s authority it is refused for good, before any secret is told',
    async (which) => {
      const authority = which === 'no' ? undefined : (await localAuthority('Another')).ca;
      const { ca: _ca, ...rest } = destinationOn(peer);
      const putting = putOne({ ...rest, ...(authority === undefined ? {} : { ca: authority }) });
      await expect(putting).rejects.toMatchObject({ name: 'PermanentError' });
      await expect(putting).rejects.toThrow(
        /its certificate is not trusted: its authority is unknown/,
      );
    },
  );

  test('one that is for another host is refused for good', async () => {
    const destination = destinationOn(peer);
    destination.url.hostname = 'localhost';
    await expect(putOne(destination)).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('it is for another host'),
    });
  });
});

test('FTP with TLS asked of a server that has none sends no password', async () => {
  const peer = await startPyftpdlib('plain');
  try {
    const url = peer.url.replace('ftp:', 'ftps:');
    await expect(putOne(destinationOn({ ...peer, url }))).rejects.toThrow(/127\.0\.0\.1:\d+: 5/);
    expect(await filesBelow(peer.files)).toEqual([]);
  } finally {
    await peer.stop();
  }
});

async function withServer(
  answer: Parameters<typeof startHttps>[0],
  work: (peer: HttpsPeer) => Promise<void>,
): Promise<void> {
  const peer = await startHttps(answer);
  try {
    await work(peer);
  } finally {
    await peer.stop();
  }
}

async function put(
  peer: Peer,
  more: Parameters<typeof destinationOn>[1],
  bytes: Buffer = Buffer.from('x'),
) {
  const connection = await httpsSender.connect(destinationOn(peer, more));
  try {
    await connection.put(outgoing('a b/c.xml', bytes));
  } finally {
    await connection.close();
  }
}

describe('https', () => {
  test('puts below the path, with the query, the size, and Basic or Bearer credentials', async () => {
    await withServer(
      (request, response) => {
        request.resume().on('end', () => response.writeHead(204).end());
      },
      async (peer) => {
        await put(peer, { folder: '/in/?key=1' });
        await put(peer, { folder: '/in', credentials: { password: 'token' } });
        await put(peer, { credentials: {} });
        const seen = peer.requests.map(({ method, url, headers }) => [
          method,
          url,
          headers.authorization,
          headers['content-length'],
        ]);
        expect(seen).toEqual([
          ['PUT', '/in/a%20b/c.xml?key=1', 'Basic c2VxdWl0dXI6YSBiJmM=', '1'],
          ['PUT', '/in/a%20b/c.xml', 'Bearer token', '1'],
          ['PUT', '/a%20b/c.xml', undefined, '1'],
        ]);
      },
    );
  });

  test('has one connection, as a target’s concurrency counts them, for all files', async () => {
    await withServer(undefined, async (peer) => {
      const connection = await httpsSender.connect(destinationOn(peer));
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(names.map((name) => connection.put(outgoing(name, someBytes(100_000)))));
      await connection.close();
      expect(connection.parallel ?? 1).toBe(1);
      expect(await filesBelow(peer.files)).toEqual(names);
      expect(new Set(peer.requests.map(({ socket }) => socket)).size).toBe(1);
    });
  });

  test.each([
    [401, 'PermanentError'],
    [403, 'SendError'],
    [404, 'SendError'],
    [500, 'SendError'],
    [301, 'SendError'],
  ])('HTTP %i is an error, with the beginning of what the server says', async (status, name) => {
    await withServer(
      (request, response) => {
        request.resume();
        response.writeHead(status, { location: 'https://elsewhere.example/' });
        response.end(`no\n\n such ${'luck '.repeat(1_000)}`);
      },
      async (peer) => {
        const putting = put(peer, {});
        await expect(putting).rejects.toMatchObject({ name });
        await expect(putting).rejects.toThrow(
          new RegExp(
            `^127\\.0\\.0\\.1:\\d+: HTTP ${status} to https://elsewhere.example/: no such luck`,
          ),
        );
        const message = await putting.catch((error: Error) => error.message);
        expect(String(message).length).toBeLessThan(300);
      },
    );
  });

  test('a server that refuses before it has read the file is heard', async () => {
    await withServer(
      (_request, response) => response.writeHead(413).end('too large'),
      async (peer) => {
        await expect(put(peer, {}, someBytes(20_000_000))).rejects.toThrow(
          /HTTP 413|connection was/,
        );
      },
    );
  });

  test.each(['reads nothing', 'reads all and says nothing'])(
    'a server that %s is given up after the silence',
    async (does) => {
      await withServer(
        (request) => void (does === 'reads nothing' || request.resume()),
        async (peer) => {
          const begun = performance.now();
          await expect(put(peer, { timeoutMs: 500 }, someBytes(20_000_000))).rejects.toThrow(
            /no sign of life for 0\.5 s/,
          );
          expect(performance.now() - begun).toBeLessThan(4_000);
        },
      );
    },
  );

  test('a server that accepts and never greets is given up after the silence', async () => {
    const line = await startLine();
    try {
      const silent = { url: `https://127.0.0.1:${line.port}`, credentials: {}, hostKeys: [] };
      await expect(putOne(destinationOn(silent, { timeoutMs: 300 }))).rejects.toThrow(
        /no sign of life for 0\.3 s/,
      );
    } finally {
      await line.stop();
    }
  });
});
