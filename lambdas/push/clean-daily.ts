import type { Cleaned } from './cleaning.ts';
import { cleanExport } from './export/clean-export.ts';
import type { CleanExportParts } from './export/clean-export.ts';
import { cleanQueue } from './queue/clean-queue.ts';
import type { CleanQueueParts } from './queue/clean-queue.ts';

/** Rows and files looked at together. */
const partSize = 500;

/**
 * Removes rows and exported files that are too old, part by part. What the deadline leaves is the next
 * day's.
 *
 * @returns numbers for the log
 */
export async function cleanDaily(
  parts: CleanQueueParts & CleanExportParts,
  deadlineMs: number,
): Promise<Record<string, number>> {
  const all = async (
    clean: (after: string | undefined) => Promise<Cleaned<unknown>>,
  ): Promise<number> => {
    let deleted = 0;
    let after: string | undefined;
    do {
      const part = await clean(after);
      deleted += part.deleted;
      after = part.after;
    } while (after !== undefined && parts.now() < deadlineMs);
    return deleted;
  };
  const wish = { dryRun: false, limit: partSize };
  return {
    rows: await all((after) => cleanQueue(parts, { ...wish, after })),
    files: await all((after) => cleanExport(parts, { ...wish, after })),
  };
}
