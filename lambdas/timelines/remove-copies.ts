import { storedCopies } from './stored-rows.ts';
import type { PrivateTimelines } from './timeline-store.ts';

/** Takes all out of a private timeline that came through one follow; gives how many copies that were. */
export async function removeCopies(
  privates: PrivateTimelines,
  { owner, followId }: { owner: string; followId: string },
): Promise<number> {
  await privates.deleteMerged([{ owner, followId }]);
  let removed = 0;
  for await (const copies of storedCopies(privates, { owner, followId })) {
    await privates.deleteCopies(copies.map(({ ulid }) => ({ owner, ulid, followId })));
    removed += copies.length;
  }
  return removed;
}
