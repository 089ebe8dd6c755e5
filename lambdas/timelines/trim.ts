import { PrivateTimeline, endedFollows } from './private-timeline.ts';
import type { PrivateTimelineParts } from './private-timeline.ts';
import { storedRows } from './stored-rows.ts';

/**
 * Deletes what lies behind the newest `keep` actions of a private timeline. Readers stop there anyway;
 * this keeps the storage from growing. Removal marks stay: they may concern actions that are merged in.
 */
export async function trim(parts: PrivateTimelineParts, owner: string): Promise<void> {
  const { privates } = parts;
  const [head, ended] = await Promise.all([privates.head(owner), endedFollows(parts, owner)]);
  const timeline = new PrivateTimeline(parts, owner, head, ended);
  const oldest = await timeline.oldestKept();
  // Fewer than `keep`: an import may be bringing older ones at this moment.
  if (oldest === undefined) return;
  for await (const rows of storedRows(privates, owner, oldest)) {
    await privates.deleteCopies(
      rows.flatMap((row) =>
        row.kind === 'copy' ? [{ owner, ulid: row.ulid, followId: row.followId }] : [],
      ),
    );
    await privates.deleteNotes(
      rows.flatMap((row) => (row.kind === 'note' ? [{ owner, ulid: row.ulid }] : [])),
    );
  }
}
