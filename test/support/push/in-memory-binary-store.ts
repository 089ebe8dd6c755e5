import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BinaryFacts, BinaryStore } from '../../../lambdas/push/content/binary-store.ts';

const origin = 'https://binaries.invalid';

/** Uploaded files in memory. `arrive` is what S3 does with a PUT to an upload's URL. */
export class InMemoryBinaryStore implements BinaryStore {
  readonly files = new Map<string, Buffer>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  uploadUrl(key: string, seconds: number): Promise<string> {
    const url = new URL(encodeURI(key), `${origin}/`);
    url.searchParams.set('expires', String(this.#now() + seconds * 1_000));
    return Promise.resolve(url.href);
  }

  /** @returns the key of the file, or nothing when the URL has expired */
  arrive(uploadUrl: string, bytes: Uint8Array): string | undefined {
    const { pathname, searchParams } = new URL(uploadUrl);
    if (Number(searchParams.get('expires')) < this.#now()) return undefined;
    const key = decodeURIComponent(pathname.slice(1));
    this.files.set(key, Buffer.from(bytes));
    return key;
  }

  measure(key: string): Promise<BinaryFacts | undefined> {
    const bytes = this.files.get(key);
    if (bytes === undefined) return Promise.resolve(undefined);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return Promise.resolve({ size: bytes.length, sha256 });
  }

  open(key: string): Promise<Readable | undefined> {
    const bytes = this.files.get(key);
    return Promise.resolve(bytes && Readable.from([bytes], { objectMode: false }));
  }

  remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.files.delete(key);
    return Promise.resolve();
  }
}
