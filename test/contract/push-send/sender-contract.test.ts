import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { shippedSenders } from '../../../lambdas/push/send/shipped-senders.ts';
import type { Connection, Destination } from '../../../lambdas/shared/define/push-sender.ts';
import { startAsyncSsh } from '../../support/push/peers/asyncssh.ts';
import { startHttps } from '../../support/push/peers/https-peer.ts';
import { startOpenSsh } from '../../support/push/peers/openssh.ts';
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

interface Case {
  start: () => Promise<Peer>;
  /** It has temporary names. */
  renames: boolean;
}

const cases: Record<string, Case> = {
  'sftp, OpenSSH': { start: () => startOpenSsh(), renames: true },
  'sftp, asyncssh': { start: () => startAsyncSsh(), renames: true },
  'sftp, asyncssh without posix-rename': {
    start: () => startAsyncSsh({ hasNoPosixRename: true }),

    renames: true,
  },
  'ftp, pyftpdlib': { start: () => startPyftpdlib('plain'), renames: true },
  'ftp, pyftpdlib that overwrites nothing': {
    start: () => startPyftpdlib('plain', { overwritesNothing: true }),

    renames: true,
  },
  'ftps, pyftpdlib': { start: () => startPyftpdlib('explicit'), renames: true },
  'ftps+implicit, pyftpdlib': {
    start: () => startPyftpdlib('implicit'),

    renames: true,
  },
  https: { start: () => startHttps(), renames: false },
};

describe.each(Object.entries(cases))('%s', (_name, { start, renames }) => {
  let peer: Peer;
  const open: Connection[] = [];

  beforeAll(async () => {
    peer = await start();
  });
  afterAll(() => peer.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });

  async function connect(
    more: Partial<Omit<Destination, 'url'>> & { folder?: string } = {},
  ): Promise<Connection> {
    const destination = destinationOn(peer, more);
    const sender = shippedSenders.find(({ scheme }) => `${scheme}:` === destination.url.protocol);
    if (sender === undefined) throw new Error('no sender');
    const connection = await sender.connect(destination);
    open.push(connection);
    return connection;
  }

  /** Whether a file is there with these bytes and no others. */
  async function holds(path: string, bytes: Buffer): Promise<boolean> {
    return (await readFile(join(peer.files, path))).equals(bytes);
  }

  test('brings a file to a folder that is not there yet, with every byte, and leaves nothing else', async () => {
    const bytes = someBytes(3_000_017);
    const connection = await connect({ folder: '/first/of all' });
    await connection.put(outgoing('deep/er/story.bin', bytes));
    expect(await holds('first/of all/deep/er/story.bin', bytes)).toBe(true);
    expect(await filesBelow(join(peer.files, 'first'))).toEqual(['of all/deep/er/story.bin']);
  });

  test('writes over what is there, also with less', async () => {
    const connection = await connect({ folder: '/over' });
    await connection.put(outgoing('a.xml', someBytes(70_000)));
    await connection.put(outgoing('a.xml', Buffer.from('new')));
    expect(await holds('over/a.xml', Buffer.from('new'))).toBe(true);
    expect(await filesBelow(join(peer.files, 'over'))).toEqual(['a.xml']);
  });

  test('brings an empty file', async () => {
    const connection = await connect({ folder: '/empty' });
    await connection.put(outgoing('all.done', Buffer.alloc(0)));
    expect(await holds('empty/all.done', Buffer.alloc(0))).toBe(true);
  });

  test('takes names as they are', async () => {
    const connection = await connect({ folder: '/n%C3%A4mes' });
    for (const name of ['a b.xml', '100% #1?.xml', 'Größe & Ärger.xml', "it's.xml"]) {
      await connection.put(outgoing(name, Buffer.from(name)));
      expect(await holds(`nämes/${name}`, Buffer.from(name))).toBe(true);
    }
  });

  test('brings many files over one connection, as many at the same time as it says', async () => {
    const connection = await connect({ folder: '/many' });
    const waiting = Array.from({ length: 40 }, (_, n) => n);
    const work = async () => {
      for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
        await connection.put(outgoing(`${n % 3}/${n}.bin`, someBytes(10_000 + n)));
      }
    };
    await Promise.all(Array.from({ length: connection.parallel ?? 1 }, work));
    for (let n = 0; n < 40; n++)
      expect(await holds(`many/${n % 3}/${n}.bin`, someBytes(10_000 + n))).toBe(true);
    expect(await filesBelow(join(peer.files, 'many'))).toHaveLength(40);
  });

  test('two connections make the same folders at the same time', async () => {
    const two = await Promise.all([connect({ folder: '/t/w/o' }), connect({ folder: '/t/w/o' })]);
    await Promise.all(two.map((each, n) => each.put(outgoing(`x/y/${n}`, Buffer.from('ok')))));
    expect(await holds('t/w/o/x/y/0', Buffer.from('ok'))).toBe(true);
    expect(await holds('t/w/o/x/y/1', Buffer.from('ok'))).toBe(true);
  });

  test('writes under the final name when the target cannot rename', async () => {
    const connection = await connect({ folder: '/straight', atomic: false });
    await connection.put(outgoing('in/a.xml', someBytes(400_000)));
    expect(await holds('straight/in/a.xml', someBytes(400_000))).toBe(true);
  });

  test('removes what earlier tries left, and nothing else', async () => {
    if (!renames) return;
    const folder = join(peer.files, 'stale');
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o777);
    for (const name of ['.a.xml.old1.part', '.a.xml.old2.part', '.a.xml.other.part']) {
      await writeFile(join(folder, name), 'half');
    }
    const connection = await connect({ folder: '/stale' });
    await connection.put(
      outgoing('a.xml', Buffer.from('all'), { earlierMarks: ['old1', 'old2', 'old3'] }),
    );
    expect(await filesBelow(folder)).toEqual(['.a.xml.other.part', 'a.xml']);
  });

  test('a source that fails or is too short or too long leaves no file, and the next try works', async () => {
    const bytes = someBytes(900_000);
    const sources: [string, () => Promise<Readable>, RegExp][] = [
      ['fails', () => Promise.resolve(failing(bytes)), /out of order/],
      [
        'short',
        () => Promise.resolve(Readable.from([bytes.subarray(1)])),
        /899999 bytes, not 900000/,
      ],
      ['long', () => Promise.resolve(Readable.from([bytes, bytes])), /more bytes, not 900000/],
    ];
    for (const [name, source, message] of sources) {
      let connection = await connect({ folder: '/source' });
      const file = outgoing(`${name}.bin`, bytes);
      await expect(connection.put({ ...file, open: source })).rejects.toThrow(message);
      if (connection.usable?.() === false) connection = await connect({ folder: '/source' });
      await connection.put(file);
      expect(await holds(`source/${name}.bin`, bytes)).toBe(true);
    }
    expect(await filesBelow(join(peer.files, 'source'))).toEqual([
      'fails.bin',
      'long.bin',
      'short.bin',
    ]);
  });

  test('the signal ends what is under way at once', async () => {
    const end = new AbortController();
    const connection = await connect({ folder: '/ended', signal: end.signal });
    const never = outgoing('never.bin', someBytes(1_000), {
      open: () => Promise.resolve(new Readable({ read: () => undefined })),
    });
    const put = connection.put(never);
    setTimeout(() => end.abort(new Error('the lane was lost')), 50);
    const begun = performance.now();
    await expect(put).rejects.toThrow(/the lane was lost/);
    expect(performance.now() - begun).toBeLessThan(1_500);
    await expect(connection.put(outgoing('after.bin', someBytes(10)))).rejects.toThrow(
      /the lane was lost|the connection was closed/,
    );
  });

  test.each(['../out.xml', 'a/../../out.xml', '/etc/x', 'a//b', './a', 'a\r\nDELE b', ''])(
    'refuses the path %j for good',
    async (path) => {
      const connection = await connect();
      await expect(connection.put(outgoing(path, Buffer.from('x')))).rejects.toMatchObject({
        name: 'PermanentError',
      });
    },
  );
});

function failing(bytes: Buffer): Readable {
  return Readable.from(
    (function* () {
      yield bytes.subarray(0, 500_000);
      throw new Error('the store is out of order');
    })(),
  );
}
