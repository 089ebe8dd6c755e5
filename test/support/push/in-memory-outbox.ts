import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { OldExport, Outbox } from '../../../lambdas/push/export/outbox.ts';
import { PermanentError } from '../../../lambdas/shared/errors.ts';

interface Kept {
  bytes: Buffer;
  modifiedMs: number;
}

/** Exported files in memory, copied from the files of an `InMemoryBinaryStore`. */
export class InMemoryOutbox implements Outbox {
  readonly files = new Map<string, Kept>();
  readonly #binaries: ReadonlyMap<string, Uint8Array>;
  readonly #now: () => number;

  constructor(binaries: ReadonlyMap<string, Uint8Array>, now: () => number = Date.now) {
    this.#binaries = binaries;
    this.#now = now;
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    this.#keep(key, Buffer.from(bytes));
    return Promise.resolve();
  }

  async write(key: string, bytes: Readable): Promise<number> {
    const whole = await buffer(bytes);
    this.#keep(key, whole);
    return whole.length;
  }

  copy(binaryKey: string, key: string): Promise<number | undefined> {
    const bytes = this.#binaries.get(binaryKey);
    if (bytes !== undefined) this.#keep(key, Buffer.from(bytes));
    return Promise.resolve(bytes?.length);
  }

  open(key: string): Promise<Readable> {
    const file = this.files.get(key);
    return file === undefined
      ? Promise.reject(new PermanentError(`there is no exported file ${key}`))
      : Promise.resolve(Readable.from([file.bytes], { objectMode: false }));
  }

  list({ after, limit }: { after: string | undefined; limit: number }): Promise<{
    files: OldExport[];
    after: string | undefined;
  }> {
    const left = [...this.files]
      .filter(([key]) => after === undefined || inBytes(key, after) > 0)
      .toSorted(([one], [other]) => inBytes(one, other));
    const files = left
      .slice(0, limit)
      .map(([key, { bytes, modifiedMs }]) => ({ key, size: bytes.length, modifiedMs }));
    return Promise.resolve({
      files,
      after: left.length > limit ? files.at(-1)?.key : undefined,
    });
  }

  remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.files.delete(key);
    return Promise.resolve();
  }

  #keep(key: string, bytes: Buffer): void {
    this.files.set(key, { bytes, modifiedMs: this.#now() });
  }
}

/** S3 sorts keys by their bytes, not by UTF-16. */
function inBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
