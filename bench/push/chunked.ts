import { Readable } from 'node:stream';

/** Bytes that a stream of S3 gives at once. */
export const chunkBytes = 65_536;

/** Bytes in memory as S3 gives them. */
export function chunked(bytes: Buffer): Readable {
  const chunks = function* (): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  return Readable.from(chunks(), { objectMode: false });
}
