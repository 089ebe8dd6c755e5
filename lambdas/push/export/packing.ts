import { addAbortSignal, type Readable } from 'node:stream';
import type { Packing, PushRule } from '../../shared/define/push-rule.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { fileName } from './file-place.ts';
import type { ExportedFile, Outbox } from './outbox.ts';
import { readAhead } from './read-ahead.ts';
import { tarGzArchive } from './tar-gz-archive.ts';
import { zipArchive } from './zip-archive.ts';

/**
 * Packs exported files as their rule says: into one archive in the folder, or not at all.
 *
 * @throws ExportError OUTPUT_MAKER_ERROR when the archive's name is none
 */
export async function packed(
  files: readonly ExportedFile[],
  { rule, folder, signal }: { rule: PushRule; folder: string; signal: AbortSignal },
  outbox: Outbox,
): Promise<readonly ExportedFile[]> {
  const packing: Packing = rule.pack ?? { kind: 'flat' };
  if (packing.kind === 'flat' || files.length === 0) return files;
  const path = fileName(packing.name ?? `${rule.name}.${packing.kind}`);
  const entries = files.map(({ path: name, key, size }) => ({
    path: name,
    size,
    open: () => outbox.open(key),
  }));
  const archive = addAbortSignal(signal, archives[packing.kind](readAhead(entries)));
  const key = `${folder}${path}`;
  try {
    return [{ path, key, size: await outbox.write(key, archive) }];
  } catch (error) {
    // The stream fails with an error of its own then.
    signal.throwIfAborted();
    throw error;
  }
}

const archives: Record<
  Exclude<Packing['kind'], 'flat'>,
  (entries: readonly ArchiveEntry[]) => Readable
> = { zip: zipArchive, 'tar.gz': tarGzArchive };
