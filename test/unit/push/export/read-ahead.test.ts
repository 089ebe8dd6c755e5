import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ArchiveEntry } from '../../../../lambdas/push/export/archive-entry.ts';
import { readAhead } from '../../../../lambdas/push/export/read-ahead.ts';
import { contentsOf, sample } from './entries.ts';

const megabyte = 2 ** 20;

/** Entries that tell when they are opened. */
function watched(sizes: number[]): { entries: ArchiveEntry[]; opened: number[] } {
  const opened: number[] = [];
  const entries = sizes.map((size, place) => ({
    path: `${String(place)}.bin`,
    size,
    open: () => {
      opened.push(place);
      return Promise.resolve(Readable.from([Buffer.alloc(size, place)], { objectMode: false }));
    },
  }));
  return { entries, opened };
}

describe('reading ahead', () => {
  test('gives what is in the files', async () => {
    expect(await contentsOf(readAhead(sample))).toEqual(await contentsOf(sample));
  });

  test('fetches a few small files before their turn, each once', async () => {
    const { entries, opened } = watched(Array.from({ length: 20 }, () => 10));
    const ahead = readAhead(entries);
    await ahead[0]?.open();
    expect(opened).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { open } of ahead.slice(1)) await open();
    expect(opened).toEqual(entries.map((_, place) => place));
  });

  test('leaves large files to their turn', async () => {
    const { entries, opened } = watched([10, megabyte + 1, megabyte]);
    const ahead = readAhead(entries);
    await ahead[0]?.open();
    expect(opened).toEqual([0, 2]);
    const large = await ahead[1]?.open();
    expect(opened).toEqual([0, 2, 1]);
    expect(large && (await buffer(large)).length).toBe(megabyte + 1);
  });

  test('tells of a failure in its turn', async () => {
    const { entries } = watched([1, 1]);
    const gone = { path: 'gone', size: 1, open: () => Promise.reject(new Error('it is gone')) };
    const [first, , third] = readAhead([...entries, gone]);
    await expect(first?.open()).resolves.toBeInstanceOf(Readable);
    await expect(third?.open()).rejects.toThrow('it is gone');
  });
});
