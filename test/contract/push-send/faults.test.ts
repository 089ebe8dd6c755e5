import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { shippedSenders } from '../../../lambdas/push/send/shipped-senders.ts';
import type { Connection, Destination } from '../../../lambdas/shared/define/push-sender.ts';
import { startAsyncSsh } from '../../support/push/peers/asyncssh.ts';
import { startLine } from '../../support/push/peers/line.ts';
import { startOpenSsh } from '../../support/push/peers/openssh.ts';
import {
  destinationOn,
  filesBelow,
  outgoing,
  someBytes,
} from '../../support/push/peers/outgoing.ts';
import type { Peer } from '../../support/push/peers/peer.ts';
import { startPyftpdlib } from '../../support/push/peers/pyftpdlib.ts';
import type { Faults } from '../../support/push/peers/python-peer.ts';

// Servers start in processes of their own, on machines that have others to run.
jest.setTimeout(20_000);

/** What one test starts. */
class Scope {
  readonly endings: (() => Promise<unknown>)[] = [];

  readonly kept = async <T extends { stop: () => Promise<void> }>(starting: Promise<T>) => {
    const started = await starting;
    this.endings.push(started.stop);
    return started;
  };

  readonly connect = async (
    peer: Peer,
    more: Partial<Omit<Destination, 'url'>> & { folder?: string } = {},
  ): Promise<Connection> => {
    const destination = destinationOn(peer, more);
    const sender = shippedSenders.find(({ scheme }) => `${scheme}:` === destination.url.protocol);
    if (sender === undefined) throw new Error('no sender');
    const connection = await sender.connect(destination);
    this.endings.push(() => connection.close());
    return connection;
  };
}

/** Tests run at the same time, so each ends what it has started by itself. */
function scoped<A extends unknown[]>(work: (scope: Scope, ...given: A) => Promise<void>) {
  return async (...given: A) => {
    const scope = new Scope();
    try {
      await work(scope, ...given);
    } finally {
      for (const end of scope.endings.toReversed()) await end();
    }
  };
}

/** The same server by another way. */
function by(line: { port: number }, peer: Peer): Peer {
  const url = new URL(peer.url);
  return { ...peer, url: `${url.protocol}//127.0.0.1:${String(line.port)}` };
}

const big = someBytes(4_000_000);

type Start = (faults: Faults, more?: { root?: string }) => Promise<Peer>;

const servers: Record<string, Start> = {
  sftp: startAsyncSsh,
  ftp: (faults, more) => startPyftpdlib('plain', faults, more),
  ftps: (faults, more) => startPyftpdlib('explicit', faults, more),
};

describe.each(Object.entries(servers))('%s', (scheme, start) => {
  test.concurrent(
    'a server that dies in mid-upload leaves no file under the final name; the next try finishes',
    scoped(async ({ kept, connect, endings }) => {
      const root = await mkdtemp(join(tmpdir(), 'dying-'));
      endings.push(() => rm(root, { recursive: true, force: true }));
      const first = await start({ diesAfter: 1_000_000 }, { root });
      // The library takes some errors of sockets for answers here: those of Node.js are of another realm
      // than the tests. Then the silence ends it.
      const connection = await connect(first, { folder: '/in', timeoutMs: 1_500 });
      await expect(connection.put(outgoing('a.bin', big, { mark: 'e1' }))).rejects.toThrow(
        /127\.0\.0\.1:\d+: /,
      );
      expect(connection.usable?.()).toBe(false);
      const left = await filesBelow(first.files);
      expect(left).toEqual(['in/.a.bin.e1.part']);

      const second = await kept(start({}, { root }));
      const again = await connect(second, { folder: '/in' });
      await again.put(outgoing('a.bin', big, { mark: 'e2', earlierMarks: ['e1'] }));
      expect(await filesBelow(second.files)).toEqual(['in/a.bin']);
    }),
  );

  test.concurrent(
    'a full disk is an error, and no file is there',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({ fullAfter: 1_000_000 }));
      const connection = await connect(peer, { timeoutMs: 1_500 });
      const put = connection.put(outgoing('a.bin', big));
      // A server of FTP may cut off the bytes before its reason is heard.
      await expect(put).rejects.toThrow(
        scheme === 'sftp'
          ? /No space left on device/
          : /No space left|connection was|no sign of life/,
      );
      await expect(put).rejects.not.toMatchObject({ name: 'PermanentError' });
      const left = await filesBelow(peer.files);
      expect(connection.usable?.() === true ? left : []).toEqual([]);
      expect(left).not.toContain('a.bin');
    }),
  );

  test.concurrent(
    'a size that differs after the upload is an error, with a temporary name and without',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({ dropsAfter: 1_000_000 }));
      const connection = await connect(peer);
      await expect(connection.put(outgoing('a.bin', big))).rejects.toThrow(
        /after its upload, not 4000000/,
      );
      expect(await filesBelow(peer.files)).toEqual([]);
      const straight = await connect(peer, { atomic: false });
      await expect(straight.put(outgoing('b.bin', big))).rejects.toThrow(
        /'b\.bin' has 0 bytes after its upload, not 4000000/,
      );
    }),
  );

  test.concurrent(
    'a rename that is refused leaves what was there before, and no temporary file',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({ refusesRename: true }));
      const straight = await connect(peer, { atomic: false });
      await straight.put(outgoing('other.xml', Buffer.from('other')));
      const connection = await connect(peer);
      await expect(connection.put(outgoing('a.bin', big))).rejects.toThrow(
        /no renaming here|Operation not permitted/,
      );
      expect(await filesBelow(peer.files)).toEqual(['other.xml']);
      expect(connection.usable?.()).toBe(true);
    }),
  );

  test.concurrent.each([{ refusesRename: true }, { refusesRenameOf: '.part' }])(
    'a rename that is refused leaves an older file of that name as it was: %j',
    scoped(async ({ kept, connect }, faults: Faults) => {
      const peer = await kept(start({ ...faults, hasNoPosixRename: true }));
      const straight = await connect(peer, { atomic: false });
      await straight.put(outgoing('in/a.xml', Buffer.from('old')));
      const connection = await connect(peer);
      await expect(connection.put(outgoing('in/a.xml', Buffer.from('new')))).rejects.toThrow(
        /no renaming here|not this one|Operation not permitted/,
      );
      expect(await filesBelow(peer.files)).toEqual(['in/a.xml']);
      expect(await readFile(join(peer.files, 'in/a.xml'), 'utf8')).toBe('old');
    }),
  );

  test.concurrent(
    'a server that stalls in mid-upload is given up after the silence',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({ stallsAfter: 500_000 }));
      const connection = await connect(peer, { timeoutMs: 700 });
      const begun = performance.now();
      await expect(connection.put(outgoing('a.bin', someBytes(30_000_000)))).rejects.toThrow(
        /no sign of life for 0\.7 s|Timeout/,
      );
      const took = performance.now() - begun;
      expect(took).toBeGreaterThan(600);
      expect(took).toBeLessThan(4_000);
      expect(connection.usable?.()).toBe(false);
    }),
  );

  test.concurrent(
    'a wrong password is refused for good, and is in no message',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({}));
      const wrong = { ...peer.credentials, password: 'wrong-secret-word' };
      const connecting = connect(peer, { credentials: wrong });
      await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
      await expect(connecting).rejects.toThrow(
        /127\.0\.0\.1:\d+: it refuses the login of 'sequitur'/,
      );
      await expect(connecting).rejects.not.toThrow(/wrong-secret-word/);
    }),
  );

  test.concurrent(
    'a server that accepts and says nothing is given up after the silence',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({}));
      const line = await kept(startLine());
      const begun = performance.now();
      await expect(connect(by(line, peer), { timeoutMs: 300 })).rejects.toThrow(
        /127\.0\.0\.1:\d+: no sign of life for 0\.3 s/,
      );
      expect(performance.now() - begun).toBeLessThan(2_000);
    }),
  );

  test.concurrent(
    'a server that is not there refuses the connection',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({}));
      const line = await startLine();
      await line.stop();
      const connecting = connect(by(line, peer));
      await expect(connecting).rejects.toThrow(/127\.0\.0\.1:\d+: connection refused$/);
      await expect(connecting).rejects.not.toMatchObject({ name: 'PermanentError' });
    }),
  );

  test.concurrent(
    'the signal ends a connecting and an upload at once',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(start({ stallsAfter: 500_000 }));
      const line = await kept(startLine());
      const first = new AbortController();
      setTimeout(() => first.abort(new Error('lane lost')), 50);
      await expect(connect(by(line, peer), { signal: first.signal })).rejects.toThrow(/lane lost/);

      const second = new AbortController();
      const connection = await connect(peer, { signal: second.signal });
      const put = connection.put(outgoing('a.bin', someBytes(30_000_000)));
      setTimeout(() => second.abort(new Error('lane lost')), 200);
      const begun = performance.now();
      await expect(put).rejects.toThrow(/lane lost/);
      expect(performance.now() - begun).toBeLessThan(1_500);
    }),
  );
});

describe('a folder that may not be written', () => {
  test.concurrent(
    'OpenSSH: permission denied, and a retry is left to the caller',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startOpenSsh());
      const locked = join(peer.files, 'locked');
      await mkdir(locked);
      await chmod(locked, 0o555);
      if (process.getuid?.() === 0) await chown(locked, 0, 0);
      for (const atomic of [true, false]) {
        const connection = await connect(peer, { folder: '/locked', atomic });
        const put = connection.put(outgoing('a.xml', Buffer.from('x')));
        await expect(put).rejects.toThrow(/127\.0\.0\.1:\d+: permission denied$/);
        await expect(put).rejects.not.toMatchObject({ name: 'PermanentError' });
        await expect(connection.put(outgoing('n/a.xml', Buffer.from('x')))).rejects.toThrow(
          /permission denied/,
        );
      }
    }),
  );

  test.concurrent(
    'FTP: the refusal is told, also that of the folder',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startPyftpdlib('plain', { isReadOnly: true }));
      const connection = await connect(peer);
      await expect(connection.put(outgoing('a.xml', Buffer.from('x')))).rejects.toThrow(
        /550 Not enough privileges/,
      );
      await expect(connection.put(outgoing('n/a.xml', Buffer.from('x')))).rejects.toThrow(
        /its folder could not be made: 550 Not enough privileges/,
      );
    }),
  );

  test.concurrent(
    'a file in the place of a folder is no folder',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startAsyncSsh());
      await writeFile(join(peer.files, 'in'), 'a file');
      const connection = await connect(peer, { folder: '/in' });
      await expect(connection.put(outgoing('a.xml', Buffer.from('x')))).rejects.toThrow(
        /Not a directory|could not do it/i,
      );
      expect(await filesBelow(peer.files)).toEqual(['in']);
    }),
  );
});

describe('a line that breaks', () => {
  test.concurrent(
    'SFTP cut in mid-upload: no file under the final name, a new connection finishes',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startOpenSsh());
      const line = await kept(startLine(Number(new URL(peer.url).port)));
      const connection = await connect(by(line, peer), { folder: '/in' });
      line.cutAfter(1_000_000);
      await expect(connection.put(outgoing('a.bin', big))).rejects.toThrow(/connection was/);
      expect(connection.usable?.()).toBe(false);
      expect(await filesBelow(peer.files)).not.toContain('in/a.bin');
      await expect(connection.put(outgoing('a.bin', big))).rejects.toThrow(/connection was/);
      const again = await connect(by(line, peer), { folder: '/in' });
      await again.put(outgoing('a.bin', big));
      expect(await filesBelow(peer.files)).toEqual(['in/a.bin']);
    }),
  );

  test.concurrent(
    'SFTP held up in mid-upload ends after the silence',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startOpenSsh());
      const line = await kept(startLine(Number(new URL(peer.url).port)));
      const connection = await connect(by(line, peer), { timeoutMs: 500 });
      line.holdAfter(1_000_000);
      const begun = performance.now();
      await expect(connection.put(outgoing('a.bin', someBytes(20_000_000)))).rejects.toThrow(
        /no sign of life for 0\.5 s/,
      );
      expect(performance.now() - begun).toBeLessThan(3_000);
    }),
  );

  test.concurrent(
    'files under way at the same time all end with the connection',
    scoped(async ({ kept, connect }) => {
      const peer = await kept(startOpenSsh());
      const line = await kept(startLine(Number(new URL(peer.url).port)));
      const connection = await connect(by(line, peer));
      line.cutAfter(500_000);
      const puts = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => connection.put(outgoing(`${n}.bin`, big))),
      );
      expect(puts.map(({ status }) => status)).toEqual(Array(8).fill('rejected'));
      const whole = (await filesBelow(peer.files)).filter((each) => !each.startsWith('.'));
      expect(whole).toEqual([]);
    }),
  );
});
