import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OldExport, Outbox } from '../../../lambdas/push/export/outbox.ts';
import { s3Outbox } from '../../../lambdas/push/export/s3-outbox.ts';
import { PermanentError, TransientError } from '../../../lambdas/shared/errors.ts';
import { InMemoryBinaryStore } from '../../support/push/in-memory-binary-store.ts';
import { InMemoryOutbox } from '../../support/push/in-memory-outbox.ts';
import { startLocalS3 } from '../../support/push/local-s3.ts';
import type { LocalS3 } from '../../support/push/local-s3.ts';

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.makeBucket('binaries');
}, 120_000);
afterAll(async () => s3.stop());

interface Arranged {
  outbox: Outbox;
  /** An uploaded file. */
  upload: (key: string, bytes: Buffer) => Promise<void>;
}

function inMemory(): Promise<Arranged> {
  const binaries = new InMemoryBinaryStore();
  return Promise.resolve({
    outbox: new InMemoryOutbox(binaries.files),
    upload: (key, bytes) => {
      binaries.files.set(key, bytes);
      return Promise.resolve();
    },
  });
}

async function inS3(): Promise<Arranged> {
  const exports = await s3.makeBucket(`exports-${randomUUID()}`);
  return {
    outbox: s3Outbox(s3.client, { exports, binaries: 'binaries' }),
    upload: async (Key, Body) => {
      await s3.client.send(new PutObjectCommand({ Bucket: 'binaries', Key, Body }));
    },
  };
}

const readOf = async (outbox: Outbox, key: string) => buffer(await outbox.open(key));

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

/** Bytes that end before their time. */
async function* broken(length: number): AsyncGenerator<Buffer> {
  yield* inChunks(randomBytes(length), 1_000_000);
  throw new Error('disk gone');
}

async function allOf(outbox: Outbox, limit: number): Promise<OldExport[]> {
  const found: OldExport[] = [];
  let after: string | undefined;
  do {
    const page = await outbox.list({ after, limit });
    expect(page.files.length).toBeLessThanOrEqual(limit);
    found.push(...page.files);
    after = page.after;
  } while (after !== undefined);
  return found;
}

describe.each([
  ['memory', inMemory],
  ['S3', inS3],
])('exported files in %s', (_name, arrange) => {
  test('a file is put whole, and anew by a retry', async () => {
    const { outbox } = await arrange();
    const key = 'stories/outbox/run/NEWS story_7 (ä+&).xml';
    await outbox.put(key, Buffer.from('first'));
    await outbox.put(key, Buffer.from('<story/>'));
    expect((await readOf(outbox, key)).toString()).toBe('<story/>');
    await outbox.put('empty', Buffer.alloc(0));
    expect(await readOf(outbox, 'empty')).toHaveLength(0);
  });

  test.each([0, 1, 8 * 1_024 * 1_024, 20_000_003])(
    'a file of unknown length is written as it comes: %d bytes',
    async (length) => {
      const { outbox } = await arrange();
      const bytes = randomBytes(length);
      const chunks = Readable.from(inChunks(bytes, 1_000_003));
      expect(await outbox.write('streamed.zip', chunks)).toBe(length);
      expect((await readOf(outbox, 'streamed.zip')).equals(bytes)).toBe(true);
      const [listed] = await allOf(outbox, 10);
      expect(listed).toMatchObject({ key: 'streamed.zip', size: length });
    },
  );

  test.each([100, 20_000_000])(
    'a file that breaks off after %d bytes is not there',
    async (length) => {
      const { outbox } = await arrange();
      await outbox.put('kept', Buffer.from('before'));
      for (const key of ['broken', 'kept']) {
        await expect(outbox.write(key, Readable.from(broken(length)))).rejects.toThrow('disk gone');
      }
      await expect(outbox.open('broken')).rejects.toThrow(PermanentError);
      expect((await readOf(outbox, 'kept')).toString()).toBe('before');
      expect(await allOf(outbox, 10)).toHaveLength(1);
    },
  );

  test('an uploaded file is copied, with its size', async () => {
    const { outbox, upload } = await arrange();
    const bytes = randomBytes(100_000);
    const key = 'photo/a:b|c+d (é)%20?/file/1';
    await upload(key, bytes);
    expect(await outbox.copy(key, 'run/medias/7.jpg')).toBe(100_000);
    expect((await readOf(outbox, 'run/medias/7.jpg')).equals(bytes)).toBe(true);
    await upload('nothing', Buffer.alloc(0));
    expect(await outbox.copy('nothing', 'run/nothing')).toBe(0);
  });

  test('of an uploaded file that is gone there is no copy', async () => {
    const { outbox } = await arrange();
    expect(await outbox.copy('photo/gone', 'run/gone.jpg')).toBeUndefined();
    await expect(outbox.open('run/gone.jpg')).rejects.toThrow(PermanentError);
  });

  test('files are listed in the order of their keys, page by page', async () => {
    const { outbox } = await arrange();
    const before = Date.now() - 2_000;
    const keys = ['b/2', 'a/outbox/1', 'b/10', 'a&<"', 'ä', '\u{1F600}', '\uFFE0', 'Z'];
    for (const key of keys) await outbox.put(key, Buffer.from(key));
    const sorted = keys.toSorted((one, other) =>
      Buffer.compare(Buffer.from(one), Buffer.from(other)),
    );
    for (const limit of [1, 3, 8, 2_000]) {
      const files = await allOf(outbox, limit);
      expect(files.map(({ key }) => key)).toEqual(sorted);
      expect(files.map(({ size }) => size)).toEqual(sorted.map((key) => Buffer.byteLength(key)));
      for (const { modifiedMs } of files) {
        expect(modifiedMs).toBeGreaterThanOrEqual(before);
        expect(modifiedMs).toBeLessThanOrEqual(Date.now() + 2_000);
      }
    }
    expect(await outbox.list({ after: 'b/2', limit: 1 })).toMatchObject({
      files: [{ key: sorted[sorted.indexOf('b/2') + 1] }],
    });
    expect(await outbox.list({ after: '\u{1F600}', limit: 1 })).toEqual({
      files: [],
      after: undefined,
    });
  });

  test('files are removed, absent ones too, however many', async () => {
    const { outbox } = await arrange();
    for (const key of ['a', 'ä&<>"', 'b']) await outbox.put(key, Buffer.from(key));
    const absent = Array.from({ length: 1_001 }, (_none, place) => `absent/${String(place)}`);
    await outbox.remove(['a', ...absent, 'ä&<>"']);
    expect((await allOf(outbox, 10)).map(({ key }) => key)).toEqual(['b']);
    await outbox.remove([]);
  });
});

describe('S3', () => {
  test('lists more files than one of its answers holds', async () => {
    const { outbox } = await inS3();
    const keys = Array.from({ length: 1_005 }, (_none, place) => `f/${String(place + 1_000)}`);
    for (let start = 0; start < keys.length; start += 50) {
      const some = keys.slice(start, start + 50);
      await Promise.all(some.map((key) => outbox.put(key, Buffer.from('x'))));
    }
    expect((await allOf(outbox, 1_200)).map(({ key }) => key)).toEqual(keys);
    const page = await outbox.list({ after: undefined, limit: 1_003 });
    expect(page.files).toHaveLength(1_003);
    expect(page.after).toBe(keys[1_002]);
    await outbox.remove(keys);
    expect(await allOf(outbox, 10)).toEqual([]);
  });

  test('keeps no parts of a file that broke off', async () => {
    const exports = await s3.makeBucket(`exports-${randomUUID()}`);
    const outbox = s3Outbox(s3.client, { exports, binaries: 'binaries' });
    await expect(outbox.write('broken', Readable.from(broken(20_000_000)))).rejects.toThrow(
      'disk gone',
    );
    const { Uploads = [] } = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: exports }),
    );
    expect(Uploads).toEqual([]);
  });

  test.each<[string, number, 'client' | 'server']>([
    ['SlowDown', 503, 'client'],
    ['InternalError', 500, 'client'],
    ['RequestTimeout', 400, 'client'],
    ['ServiceUnavailable', 503, 'server'],
  ])('failing with %s fails for a passing reason', async (name, httpStatusCode, $fault) => {
    const client = s3.connect({ maxAttempts: 1 });
    client.middlewareStack.add(
      () => () => {
        const $metadata = { httpStatusCode };
        return Promise.reject(new S3ServiceException({ name, $fault, $metadata, message: name }));
      },
      { step: 'finalizeRequest', priority: 'low', name: 'failing' },
    );
    const outbox = s3Outbox(client, { exports: 'exports', binaries: 'binaries' });
    const bytes = Readable.from([Buffer.from('a')]);
    await expect(outbox.put('a', Buffer.from('a'))).rejects.toThrow(TransientError);
    await expect(outbox.write('a', bytes)).rejects.toThrow(TransientError);
    await expect(outbox.copy('a', 'b')).rejects.toThrow(TransientError);
    await expect(outbox.open('a')).rejects.toThrow(TransientError);
    await expect(outbox.list({ after: undefined, limit: 1 })).rejects.toThrow(TransientError);
    await expect(outbox.remove(['a'])).rejects.toThrow(TransientError);
  });

  test('refusing for good does not pass', async () => {
    const outbox = s3Outbox(s3.client, { exports: 'no-such-bucket', binaries: 'binaries' });
    const putting = outbox.put('a', Buffer.from('a'));
    await expect(putting).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});
