import { randomFillSync } from 'node:crypto';
import { Readable } from 'node:stream';
import * as z from 'zod';
import type { ExportedFile, Outbox } from '../../lambdas/push/export/outbox.ts';
import { chunkBytes } from './chunked.ts';

/** A file of noise that is nowhere as a whole; it comes as its reader takes it. */
export function largeFile(path: string, size: number) {
  const noise = randomFillSync(Buffer.alloc(chunkBytes));
  const chunks = function* (): Generator<Buffer> {
    for (let sent = 0; sent < size; sent += chunkBytes) yield noise.subarray(0, size - sent);
  };
  const file: ExportedFile = { path, key: path, size };
  const open: Outbox['open'] = () =>
    Promise.resolve(Readable.from(chunks(), { objectMode: false }));
  return { file, open };
}

const server = z.object({
  url: z.string(),
  hostKeys: z.array(z.string()),
  credentials: z.object({ user: z.string(), privateKey: z.string() }),
});

/** What a process of its own is to do with a large file. */
export const largeFileOrder = z.discriminatedUnion('kind', [
  /** Send it to an SFTP server. */
  z.object({ kind: z.literal('send'), bytes: z.int(), server }),
  /** Pack it into a zip, and upload that. */
  z.object({ kind: z.literal('zip'), bytes: z.int(), endpoint: z.string() }),
]);

export type LargeFileOrder = z.output<typeof largeFileOrder>;

/** Most memory that the process had, MB. */
export const largeFileAnswer = z.object({ peakMb: z.number() });
