import type { Readable } from 'node:stream';

/** A file that was exported. */
export interface ExportedFile {
  /** Relative, with `/` between levels, as the target gets it. */
  path: string;
  /** In the outbox. */
  key: string;
  /** Bytes. */
  size: number;
}

/** What `clean-export` lists. */
export interface OldExport {
  key: string;
  size: number;
  modifiedMs: number;
}

/** Where exported files are kept: `<rule>/outbox/<run>/...`. */
export interface Outbox {
  /** Writes a file whole. A retry writes it anew. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes a file as its bytes come, in little memory; it is there whole or not at all. @returns its size */
  write(key: string, bytes: Readable): Promise<number>;
  /** Copies an uploaded file, without its bytes passing through. @returns its size, or nothing when there is none */
  copy(binaryKey: string, key: string): Promise<number | undefined>;
  /** @throws PermanentError when there is no such file */
  open(key: string): Promise<Readable>;
  /** Files in the order of their keys. */
  list(page: { after: string | undefined; limit: number }): Promise<{
    files: OldExport[];
    after: string | undefined;
  }>;
  remove(keys: readonly string[]): Promise<void>;
}

/** Beginning of the keys of a run's files, of one row or of a whole mass run. */
export function outboxFolder(rule: string, run: string, row?: string): string {
  return row === undefined ? `${rule}/outbox/${run}/` : `${rule}/outbox/${run}/${row}/`;
}
