import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BinaryStore } from '../../../lambdas/push/content/binary-store.ts';
import { s3BinaryStore } from '../../../lambdas/push/content/s3-binary-store.ts';
import { InMemoryBinaryStore } from '../../support/push/in-memory-binary-store.ts';
import { startLocalS3 } from '../../support/push/local-s3.ts';
import type { LocalS3 } from '../../support/push/local-s3.ts';

let s3: LocalS3;
let bucket: string;
beforeAll(async () => {
  s3 = await startLocalS3();
  bucket = await s3.makeBucket('binaries');
}, 120_000);
afterAll(async () => s3.stop());

interface Arranged {
  store: BinaryStore;
  /** What a client does with an upload's URL. @returns whether the file was taken */
  upload: (url: string, bytes: Buffer) => Promise<boolean>;
}

function inMemory(): Arranged {
  const store = new InMemoryBinaryStore();
  const upload = (url: string, bytes: Buffer) =>
    Promise.resolve(store.arrive(url, bytes) !== undefined);
  return { store, upload };
}

async function putTo(url: string, bytes: Buffer): Promise<boolean> {
  const { ok } = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
  return ok;
}

function inS3(): Arranged {
  return { store: s3BinaryStore(s3.client, bucket), upload: putTo };
}

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each([
  ['memory', inMemory],
  ['S3', inS3],
])('uploaded files in %s', (_name, arrange) => {
  test('a file comes by its URL, is measured, and read', async () => {
    const { store, upload } = arrange();
    const key = 'photo/7 (ä+&)@x|y/file/01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
    const bytes = randomBytes(3_000_001);
    expect(await upload(await store.uploadUrl(key, 60), bytes)).toBe(true);
    expect(await store.measure(key)).toEqual({ size: 3_000_001, sha256: sha256Of(bytes) });
    const read = await store.open(key);
    expect(read && (await buffer(read)).equals(bytes)).toBe(true);
  });

  test('a file may be empty', async () => {
    const { store, upload } = arrange();
    expect(await upload(await store.uploadUrl('empty', 60), Buffer.alloc(0))).toBe(true);
    expect(await store.measure('empty')).toEqual({ size: 0, sha256: sha256Of(Buffer.alloc(0)) });
    const read = await store.open('empty');
    expect(read && (await buffer(read)).length).toBe(0);
  });

  test('a URL takes nothing when its time is over', async () => {
    const { store, upload } = arrange();
    const url = await store.uploadUrl('late', 1);
    await sleep(2_100);
    expect(await upload(url, Buffer.from('late'))).toBe(false);
    expect(await store.measure('late')).toBeUndefined();
  });

  test('a file that is not there is none', async () => {
    const { store } = arrange();
    expect(await store.measure('absent')).toBeUndefined();
    expect(await store.open('absent')).toBeUndefined();
  });

  test('files are removed, absent ones too, however many', async () => {
    const { store, upload } = arrange();
    const keys = ['removed/a', 'removed/ä&<>"', 'removed/c'];
    for (const key of keys) await upload(await store.uploadUrl(key, 60), Buffer.from(key));
    await upload(await store.uploadUrl('kept', 60), Buffer.from('kept'));
    const absent = Array.from({ length: 1_500 }, (_none, place) => `absent/${String(place)}`);
    await store.remove([...keys.slice(0, 2), ...absent, ...keys.slice(2)]);
    for (const key of keys) expect(await store.measure(key)).toBeUndefined();
    expect(await store.measure('kept')).toMatchObject({ size: 4 });
    await store.remove([]);
  });
});

test('a URL for S3 asks its client for nothing but the bytes', async () => {
  const { searchParams } = new URL(await s3BinaryStore(s3.client, bucket).uploadUrl('a/b', 900));
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(searchParams.get('X-Amz-Expires')).toBe('900');
  // The checksum of an empty file would refuse every other.
  expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
});
