import { Readable } from 'node:stream';
import type { ArchiveEntry } from '../../../../lambdas/push/export/archive-entry.ts';

export function entry(path: string, text: string | Uint8Array): ArchiveEntry {
  const bytes = Buffer.from(text);
  const open = () => Promise.resolve(Readable.from([bytes], { objectMode: false }));
  return { path, size: bytes.length, open };
}

/** Names as they come, and as they must not be mistaken. */
export const sample = [
  entry('story_7.xml', '<story>7</story>'),
  entry('photos/7.jpg', Buffer.alloc(70_000, 'jpeg')),
  entry('photos/Füße und 字.txt', 'text'),
  entry('empty.txt', ''),
  entry('a.xml', '<a/>'.repeat(10_000)),
  entry(`${'deep/'.repeat(40)}${'x'.repeat(150)}.txt`, 'deep'),
];

export async function contentsOf(entries: readonly ArchiveEntry[]): Promise<[string, string][]> {
  return Promise.all(
    entries.map(async ({ path, open }): Promise<[string, string]> => {
      const chunks = await (await open()).toArray();
      return [path, Buffer.concat(chunks).toString('base64')];
    }),
  );
}
