import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { Client as FtpClient } from 'basic-ftp';
import SftpClient from 'ssh2-sftp-client';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Engine, EngineContext } from '../../../../scripts/local/engine.ts';
import { ftpEngine } from '../../../../scripts/local/ftp.ts';
import { localPaths, type LocalPaths } from '../../../../scripts/local/paths.ts';
import { processIdentity } from '../../../../scripts/local/process-identity.ts';
import { fingerprintOf, sftpEngine } from '../../../../scripts/local/sftp.ts';
import type { PartnerServer } from '../../../../scripts/local/stack-file.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

function contextOf(paths: LocalPaths, environment: NodeJS.ProcessEnv = {}): EngineContext {
  return {
    // The project's own Python: making one for a test takes a minute.
    paths: { ...paths, pythonEnvironment: localPaths().pythonEnvironment },
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      ...environment,
    },
    ports: { emulator: 1, issuer: 2 },
    report: () => undefined,
    signal: new AbortController().signal,
  };
}

/** What the holder of the two tells first. */
const messageSchema = z.tuple([z.array(z.int()).length(2)]).rest(z.unknown());

async function withServer(
  engine: Engine,
  context: EngineContext,
  use: (server: PartnerServer) => Promise<void>,
): Promise<void> {
  const { stack, process: started, stop } = await engine.start(context);
  try {
    const server = stack.sftp ?? stack.ftp;
    if (server === undefined) throw new Error('no server is offered');
    await use(server);
  } finally {
    await stop();
  }
  expect(started && (await processIdentity(started.pid))).toBeUndefined();
}

/** What else the client would write to the console. */
const ignore = () => undefined;

async function connectSftp({ host, port, user, password, hostKeys }: PartnerServer) {
  const client = new SftpClient('test', { error: ignore, end: ignore, close: ignore });
  await client.connect({
    host,
    port,
    username: user,
    password,
    hostVerifier: (key: Buffer) =>
      hostKeys?.includes(fingerprintOf(`any ${key.toString('base64')}`)) === true,
  });
  return client;
}

async function sftpPut(server: PartnerServer, name: string, text: string): Promise<void> {
  const client = await connectSftp(server);
  try {
    await client.mkdir('medias/deep', true);
    await client.put(Buffer.from(text), `medias/deep/${name}.part`);
    await client.posixRename(`medias/deep/${name}.part`, `medias/deep/${name}`);
  } finally {
    await client.end();
  }
}

async function withFtp(
  server: PartnerServer,
  secureOptions: { ca: Buffer } | undefined,
  use: (client: FtpClient) => Promise<unknown>,
): Promise<void> {
  const { host, port, user, password } = server;
  const client = new FtpClient(5_000);
  try {
    const secure = secureOptions !== undefined;
    await client.access({ host, port, user, password, secure, ...(secure && { secureOptions }) });
    await use(client);
  } finally {
    client.close();
  }
}

// Servers start in tests, and FTP answers a wrong password after 3 s.
jest.setTimeout(30_000);

beforeAll(async () => {
  await withTemporaryPaths(async (paths) => {
    await sftpEngine.requirePrerequisites(contextOf(paths));
  });
}, 300_000);

describe('the SFTP server', () => {
  test('shows what was uploaded and renamed, in its folder on this machine', async () => {
    await withTemporaryPaths(async (paths) => {
      await withServer(sftpEngine, contextOf(paths), async (server) => {
        await sftpPut(server, 'a.txt', 'first');
        await sftpPut(server, 'a.txt', 'second');
        const root = join(paths.directory, 'sftp-root');
        expect(server.root).toBe(root);
        expect(await readFile(join(root, 'medias', 'deep', 'a.txt'), 'utf8')).toBe('second');
        expect(server.url).toBe(`sftp://127.0.0.1:${String(server.port)}/`);
      });
    });
  });

  test('shows nothing of this machine outside its folder', async () => {
    await withTemporaryPaths(async (paths) => {
      await writeFile(join(paths.root, 'outside.txt'), 'outside');
      await withServer(sftpEngine, contextOf(paths), async (server) => {
        const client = await connectSftp(server);
        expect(await client.list('/')).toEqual([]);
        await expect(client.get('../../outside.txt')).rejects.toThrow(/no such file/iu);
        await expect(client.get(join(paths.root, 'outside.txt'))).rejects.toThrow(/no such file/iu);
        await client.end();
      });
    });
  });

  test('refuses another password', async () => {
    await withTemporaryPaths(async (paths) => {
      await withServer(sftpEngine, contextOf(paths), async (server) => {
        await expect(connectSftp({ ...server, password: 'other' })).rejects.toThrow(
          /authentication/iu,
        );
      });
    });
  });

  test('keeps its account, its host key and what it got, for its owner only', async () => {
    await withTemporaryPaths(async (paths) => {
      const seen: PartnerServer[] = [];
      for (const name of ['first.txt', 'second.txt']) {
        await withServer(sftpEngine, contextOf(paths), async (server) => {
          seen.push(server);
          await sftpPut(server, name, name);
        });
      }
      const [first, second] = seen;
      expect(second).toMatchObject({ password: first?.password, hostKeys: first?.hostKeys });
      expect(first?.password).toMatch(/^[\w-]{24}$/u);
      expect(first?.hostKeys).toEqual([expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/u)]);
      const directory = join(paths.stateDirectory, 'sftp');
      for (const file of ['account.json', 'host-key']) {
        expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
      }
      const kept = join(paths.directory, 'sftp-root', 'medias', 'deep', 'first.txt');
      expect(await readFile(kept, 'utf8')).toBe('first.txt');
    });
  });

  test('has a password and a key of its own in each stack', async () => {
    const seen: PartnerServer[] = [];
    for (let stack = 0; stack < 2; stack += 1) {
      await withTemporaryPaths(async (paths) => {
        await withServer(sftpEngine, contextOf(paths), (server) => {
          seen.push(server);
          return Promise.resolve();
        });
      });
    }
    expect(seen[0]?.password).not.toBe(seen[1]?.password);
    expect(seen[0]?.hostKeys).not.toEqual(seen[1]?.hostKeys);
  });

  test('takes another port when its own is in use', async () => {
    const other = createServer();
    // Where another stack runs already, it has the port.
    await new Promise<void>((resolve) => {
      other.once('error', () => resolve());
      other.listen(4522, '127.0.0.1', resolve);
    });
    try {
      await withTemporaryPaths(async (paths) => {
        await withServer(sftpEngine, contextOf(paths), async (server) => {
          expect(server.port).not.toBe(4522);
          await sftpPut(server, 'a.txt', 'text');
        });
      });
    } finally {
      other.close();
    }
  });
});

describe('the FTP server', () => {
  test('shows what was uploaded over the name of an older file', async () => {
    await withTemporaryPaths(async (paths) => {
      await withServer(ftpEngine, contextOf(paths), async (server) => {
        await mkdir(join(paths.root, 'from'));
        await writeFile(join(paths.root, 'from', 'b.txt'), 'new');
        await writeFile(join(paths.directory, 'ftp-root', 'b.txt'), 'old');
        await withFtp(server, undefined, async (client) => {
          await client.uploadFrom(join(paths.root, 'from', 'b.txt'), 'b.txt.part');
          await client.rename('b.txt.part', 'b.txt');
          expect(await client.size('b.txt')).toBe(3);
        });
        expect(server.root).toBe(join(paths.directory, 'ftp-root'));
        expect(await readFile(join(paths.directory, 'ftp-root', 'b.txt'), 'utf8')).toBe('new');
        expect(server.url).toBe(`ftp://127.0.0.1:${String(server.port)}/`);
      });
    });
  });

  test('takes TLS that its certificate verifies', async () => {
    await withTemporaryPaths(async (paths) => {
      await withServer(ftpEngine, contextOf(paths), async (server) => {
        const ca = await readFile(join(paths.stateDirectory, 'ftp', 'certificate.pem'));
        await withFtp(server, { ca }, async (client) => {
          await client.ensureDir('medias');
          expect(await client.list('/')).toHaveLength(1);
        });
        await expect(
          withFtp(server, { ca: Buffer.from('') }, () => Promise.resolve()),
        ).rejects.toThrow(/self-signed/iu);
      });
    });
  });

  test('refuses another password', async () => {
    await withTemporaryPaths(async (paths) => {
      await withServer(ftpEngine, contextOf(paths), async (server) => {
        const connected = withFtp({ ...server, password: 'other' }, undefined, () =>
          Promise.resolve(),
        );
        await expect(connected).rejects.toThrow(/530/u);
      });
    });
  });
});

describe('both servers', () => {
  test('end when the process that started them is killed', async () => {
    await withTemporaryPaths(async ({ root }) => {
      const holder = fork(join(import.meta.dirname, 'server-holder.ts'), [root], { execArgv: [] });
      const [pids] = messageSchema.parse(await once(holder, 'message'));
      for (const pid of pids) expect(await processIdentity(pid)).toBeDefined();
      holder.kill('SIGKILL');
      for (const pid of pids) {
        while ((await processIdentity(pid)) !== undefined) await delay(10);
      }
      expect(holder.signalCode).toBe('SIGKILL');
    });
  });
});

describe('a server that the environment names', () => {
  const hostKey = `SHA256:${'a'.repeat(43)}`;

  test('is used, and none is started', async () => {
    const partner = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void partner.listen(0, '127.0.0.1', resolve));
    const address = partner.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const SFTP_URL = `sftp://me:p%40ss@127.0.0.1:${String(port)}/in/`;
    try {
      await withTemporaryPaths(async (paths) => {
        const context = contextOf(paths, { SFTP_URL, SFTP_HOST_KEY: hostKey });
        await sftpEngine.requirePrerequisites(context);
        const { stack, process: started, ended } = await sftpEngine.start(context);
        expect({ started, ended }).toEqual({});
        expect(stack).toEqual({
          sftp: {
            host: '127.0.0.1',
            port,
            user: 'me',
            password: 'p@ss',
            url: `sftp://127.0.0.1:${String(port)}/in/`,
            hostKeys: [hostKey],
          },
        });
      });
    } finally {
      partner.close();
    }
  });

  test('that does not answer leaves push out, and says which it is but not its password', async () => {
    await withTemporaryPaths(async (paths) => {
      const context = contextOf(paths, { FTP_URL: 'ftp://me:hidden@127.0.0.1:1/' });
      await expect(ftpEngine.requirePrerequisites(context)).rejects.toMatchObject({
        name: 'StartError',
        message: 'Nothing answers at FTP_URL (ftp://127.0.0.1:1/).',
      });
    });
  });
});
