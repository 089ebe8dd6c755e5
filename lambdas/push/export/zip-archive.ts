import { PassThrough, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { type ArchiveEntry, entryMode } from './archive-entry.ts';

/**
 * A zip's times have no time zone, and the library writes those of this machine's: a moment that is given
 * in its own makes the same bytes everywhere.
 */
const modified = new Date(1980, 0, 1, 12);

/** Files that are compressed already: doing it again costs time and gains nothing. */
const compressed =
  /\.(?:7z|avif|bz2|docx|gif|gz|heic|jpe?g|m4a|m4v|mov|mp3|mp4|ogg|png|webm|webp|xlsx|zip)$/i;

/**
 * A zip of files in their order, made as it is read, in little memory. The same files make the same
 * bytes. It fails when a file cannot be read, or is not as long as it was said to be.
 */
export function zipArchive(entries: readonly ArchiveEntry[]): Readable {
  const zip = new ZipFile();
  const archive = new PassThrough();
  let source: Readable | undefined;
  zip.on('error', (error) => archive.destroy(asError(error)));
  archive.on('close', () => source?.destroy());
  /** The library opens one file after the other, and does not listen to what becomes of them. */
  async function opened(open: ArchiveEntry['open']): Promise<Readable> {
    source = await open();
    source.on('error', (error) => archive.destroy(error));
    if (archive.destroyed) source.destroy();
    return source;
  }

  for (const { path, size, open } of entries) {
    const options = {
      size,
      mtime: modified,
      mode: 0o100_000 | entryMode,
      forceDosTimestamp: true,
      compress: !compressed.test(path),
    };
    zip.addReadStreamLazy(path, options, (add) => {
      opened(open).then(
        (readable) => add(undefined, readable),
        (error: unknown) => archive.destroy(asError(error)),
      );
    });
  }
  zip.outputStream.pipe(archive);
  zip.end();
  return archive;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
