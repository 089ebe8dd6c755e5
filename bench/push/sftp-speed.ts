import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportedFile } from '../../lambdas/push/export/outbox.ts';
import type { OpenSshPeer } from '../../test/support/push/peers/openssh.ts';
import { median } from '../quantile.ts';
import { comparison } from '../result.ts';
import type { Result } from '../result.ts';
import { chunked } from './chunked.ts';
import { withOpenSsh } from './local-openssh.ts';
import { sftpClient } from './sftp-client.ts';
import { connectorTo, push, targetOf } from './sftp-push.ts';

/** Runs of each side that count, after one that does not. */
const runs = 5;

/** Throughput, as a share of that of OpenSSH's own client. */
const goal = { atLeast: 0.9 };

const loads = [
  { name: '200 MB in one file', files: 1, bytes: 200_000_000, unit: 'MB/s', unitBytes: 1e6 },
  { name: '2,000 files of 10 KB', files: 2_000, bytes: 10_000, unit: 'files/s', unitBytes: 1e4 },
] as const;

type Load = (typeof loads)[number];

/**
 * How fast the sender and the rounds of the worker bring files to OpenSSH's server, in turns with OpenSSH's
 * own client, which brings the same files to the same server. Both log in each time. The worker has its
 * files in memory, in chunks as S3 gives them; the client reads them from the system's cache. Without
 * OpenSSH on this machine there are no such results.
 */
export async function measureSftp(report: (progress: string) => void): Promise<Result[]> {
  const measured = await withOpenSsh({ report, inMemory: true }, async (server) => {
    const results: Result[] = [];
    for (const load of loads) {
      results.push(await inFolder((folder) => measure(server, load, folder)));
    }
    return results;
  });
  return measured ?? [];
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sftp-speed-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(server: OpenSshPeer, load: Load, folder: string): Promise<Result> {
  const { files, bytesOf } = await filesOf(load, folder);
  const open = (key: string) => Promise.resolve(chunked(bytesOf.get(key) ?? Buffer.alloc(0)));
  const target = targetOf(server);
  const connector = connectorTo(server);
  const put = sftpClient(server, folder);
  const sides = {
    pushed: () => push(connector, target, files, { open }),
    put: () => put(files, 'put'),
  };
  const seconds = { pushed: new Array<number>(), put: new Array<number>() };
  for (let run = 0; run <= runs; run++) {
    for (const side of ['pushed', 'put'] as const) {
      const taken = await timed(sides[side]);
      await clear(join(server.files, side), load);
      if (run > 0) seconds[side].push(taken);
    }
  }
  const amount = (load.files * load.bytes) / load.unitBytes;
  const value = amount / median(seconds.pushed);
  const peer = amount / median(seconds.put);
  const name = `push over SFTP: ${load.name}, against OpenSSH's own client, median of ${String(runs)}`;
  return comparison(name, { value, peer, unit: load.unit }, goal);
}

/** Of noise, which nothing on the way can make smaller: on the disk, and in memory. */
async function filesOf({ files: count, bytes: size }: Load, folder: string) {
  const files: ExportedFile[] = [];
  const bytesOf = new Map<string, Buffer>();
  for (let index = 0; index < count; index++) {
    const path = `file-${String(index)}.bin`;
    const key = join(folder, path);
    const bytes = randomBytes(size);
    await writeFile(key, bytes);
    bytesOf.set(key, bytes);
    files.push({ path, key, size });
  }
  return { files, bytesOf };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

/** Removes what has arrived, so that each run finds the same. @throws Error unless all of it has */
async function clear(folder: string, { files, bytes }: Load): Promise<void> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  if (sizes.length !== files || sizes.some((size) => size !== bytes)) {
    throw new Error(`${folder} has not got the files as they are`);
  }
  await rm(folder, { recursive: true });
}
