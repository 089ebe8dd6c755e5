import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ArchiveEntry } from './archive-entry.ts';

/** Files that are fetched before their turn: an archive of thousands would wait for each otherwise. */
const filesAhead = 8;

/** Larger ones are not: their bytes would be in memory, and their own time is longer than the wait. */
const smallBytes = 2 ** 20;

/** The same entries, which are opened in their order: small ones are fetched while those before are read. */
export function readAhead(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const fetched = new Map<number, Promise<Buffer>>();
  let begun = 0;

  function fetchUpTo(place: number): void {
    for (; begun <= place; begun += 1) {
      const entry = entries[begun];
      if (entry === undefined || entry.size > smallBytes) continue;
      const bytes = bytesOf(entry);
      // Whoever opens it hears of a failure; nobody may come to that.
      bytes.catch(() => undefined);
      fetched.set(begun, bytes);
    }
  }

  return entries.map((entry, place) => ({
    ...entry,
    async open() {
      fetchUpTo(place + filesAhead);
      const bytes = fetched.get(place);
      fetched.delete(place);
      return bytes === undefined
        ? entry.open()
        : Readable.from([await bytes], { objectMode: false });
    },
  }));
}

async function bytesOf({ open }: ArchiveEntry): Promise<Buffer> {
  return buffer(await open());
}
