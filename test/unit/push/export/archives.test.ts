import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { ArchiveEntry } from '../../../../lambdas/push/export/archive-entry.ts';
import { tarGzArchive } from '../../../../lambdas/push/export/tar-gz-archive.ts';
import { zipArchive } from '../../../../lambdas/push/export/zip-archive.ts';
import { contentsOf, entry, sample } from './entries.ts';

// A busy machine takes long for what is large.
jest.setTimeout(60_000);

const run = promisify(execFile);
const packers = [
  ['zip', zipArchive],
  ['tar.gz', tarGzArchive],
] as const;

/** All but the clock's time. */
const doNotFake = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'push-archives-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Read by Python, which knows both formats and shares no code with the packers. */
async function readByPython(kind: string, archive: Uint8Array): Promise<[string, string][]> {
  const path = join(folder, `archive.${kind}`);
  await writeFile(path, archive);
  const { stdout } = await run('python3', ['-c', python[kind] ?? '', path], {
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as [string, string][];
}

const python: Record<string, string> = {
  zip: `
import base64, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    assert all(one.external_attr >> 16 == 0o100644 for one in archive.infolist())
    print(json.dumps([[one.filename, base64.b64encode(archive.read(one)).decode()] for one in archive.infolist()]))`,
  'tar.gz': `
import base64, json, sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    members = archive.getmembers()
    assert all(one.isfile() and one.mode == 0o644 and one.uid == 0 and one.gid == 0 for one in members)
    print(json.dumps([[one.name, base64.b64encode(archive.extractfile(one).read()).decode()] for one in members]))`,
};

function failing(size: number, after: number): ArchiveEntry {
  const open = () => Promise.resolve(Readable.from(cut(after), { objectMode: false }));
  return { path: 'broken.bin', size, open };
}

async function* cut(after: number) {
  await Promise.resolve();
  yield Buffer.alloc(after);
  throw new Error('the connection was cut');
}

async function packedIn(year: number, pack: typeof zipArchive): Promise<Buffer> {
  jest.useFakeTimers({ now: Date.UTC(year, 5, 1), doNotFake: [...doNotFake] });
  try {
    return await buffer(pack(sample));
  } finally {
    jest.useRealTimers();
  }
}

describe.each(packers)('a %s', (kind, pack) => {
  test('has the files with their paths, in their order', async () => {
    const archive = await buffer(pack(sample));
    expect(await readByPython(kind, archive)).toEqual(await contentsOf(sample));
  });

  test('has the same bytes at every time', async () => {
    expect((await packedIn(2031, pack)).equals(await packedIn(1999, pack))).toBe(true);
  });

  test('has the same bytes in every time zone', async () => {
    const packed = await Promise.all(
      ['UTC', 'Asia/Tokyo', 'America/St_Johns'].map((zone) => hashIn(zone, kind)),
    );
    expect(new Set(packed).size).toBe(1);
    expect(packed[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['fails in the middle', failing(2_000_000, 1_000_000), 'the connection was cut'],
    ['fails at its beginning', failing(2_000_000, 0), 'the connection was cut'],
    [
      'cannot be opened',
      { path: 'gone', size: 1, open: () => Promise.reject(new Error('it is gone')) },
      'it is gone',
    ],
    [
      'is shorter than it should be',
      { ...entry('short', 'four'), size: 5 },
      /size|number of bytes/i,
    ],
    ['is longer than it should be', { ...entry('long', 'four'), size: 3 }, /size|number of bytes/i],
  ])('fails whole when a file %s', async (_, bad, message) => {
    const archive = pack([entry('good.txt', 'good'), bad, entry('better.txt', 'better')]);
    await expect(buffer(archive)).rejects.toThrow(message);
  });

  test('opens one file at a time, and lets go of it when nobody reads on', async () => {
    const opened: Readable[] = [];
    const endless = {
      path: 'endless.bin',
      size: 2 ** 40,
      open: () => {
        const source = new Readable({
          read() {
            this.push(Buffer.alloc(65_536));
          },
        });
        opened.push(source);
        return Promise.resolve(source);
      },
    };
    const archive = pack([endless, endless, endless]);
    await new Promise((resolve) => archive.once('data', resolve));
    archive.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opened.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  test.each(['large.bin', 'large.mp4'])(
    'takes 300 MB of %s in less memory than two thirds of it',
    async (path) => {
      const { stdout } = await inChild('large-archive.ts', [kind, path, '300']);
      const { size, peakMb } = JSON.parse(stdout) as { size: number; peakMb: number };
      expect(size).toBeGreaterThan(30_000_000);
      expect(peakMb).toBeLessThan(200);
    },
  );
});

async function hashIn(zone: string, kind: string): Promise<string> {
  const { stdout } = await inChild('hashed-archive.ts', [kind], { TZ: zone });
  return stdout.trim();
}

function inChild(
  script: string,
  values: string[],
  environment: Record<string, string> = {},
): Promise<{ stdout: string }> {
  return run(
    process.execPath,
    ['--max-old-space-size=64', join(import.meta.dirname, script), ...values],
    { env: { ...process.env, NODE_OPTIONS: '', ...environment } },
  );
}
