import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExportedFile, Outbox } from '../../lambdas/push/export/outbox.ts';

/** Exported files on the disk: their paths are their keys. */
export const fileOutbox: Pick<Outbox, 'open' | 'put'> = {
  open: (key) => Promise.resolve(createReadStream(key)),
  put: (key, bytes) => writeFile(key, bytes),
};

export async function exportedFile(path: string): Promise<ExportedFile> {
  const { size } = await stat(path);
  return { path: basename(path), key: path, size };
}
