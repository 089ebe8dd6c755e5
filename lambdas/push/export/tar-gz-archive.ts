import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { type ArchiveEntry, entryMode } from './archive-entry.ts';

const modified = new Date('1980-01-01T12:00:00Z');

/**
 * A gzipped tar of files in their order, made as it is read, in little memory. The same files make the
 * same bytes. It fails when a file cannot be read, or is not as long as it was said to be.
 */
export function tarGzArchive(entries: readonly ArchiveEntry[]): Readable {
  const tar = pack();
  const archive = new PassThrough();
  // Failures go along the stream: whoever reads the archive gets them.
  pipeline(tar, createGzip(), archive).catch(() => tar.destroy());
  fill(tar, entries).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return archive;
}

async function fill(tar: Pack, entries: readonly ArchiveEntry[]): Promise<void> {
  for (const { path, size, open } of entries) {
    const source = await open();
    const header = { name: path, size, mtime: modified, mode: entryMode, uid: 0, gid: 0 };
    await pipeline(source, tar.entry(header));
  }
  tar.finalize();
}
