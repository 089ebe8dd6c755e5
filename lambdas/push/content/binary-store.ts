import type { Readable } from 'node:stream';

/** What is known of the bytes of a file. */
export interface BinaryFacts {
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Uploaded files of content. */
export interface BinaryStore {
  /** A URL that takes one PUT of the file, of up to 5 GB, until it expires. */
  uploadUrl(key: string, seconds: number): Promise<string>;
  /** Reads the whole file, however large, in little memory. `undefined`: there is none. */
  measure(key: string): Promise<BinaryFacts | undefined>;
  /** Its bytes; `undefined`: there is none. */
  open(key: string): Promise<Readable | undefined>;
  /** Deletes files; those that are not there too. */
  remove(keys: readonly string[]): Promise<void>;
}
