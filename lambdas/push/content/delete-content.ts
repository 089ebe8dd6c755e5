import { TransientError } from '../../shared/errors.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import type { ContentStore } from './content-store.ts';
import { noContent } from './existing-content.ts';

/**
 * Deletes an item, whatever its version; its files follow by the table's stream.
 *
 * @throws NotFoundError when there is none
 */
export async function deleteContent(
  { content: store, pace }: { content: ContentStore; pace: Pace },
  ref: string,
): Promise<void> {
  // Of a removal whose answer was lost, the item that it was of.
  let unsure: string | undefined;
  await persist(pace, async () => {
    const content = await store.get(ref);
    if (unsure !== undefined && content?.ulid !== unsure) return true;
    if (!content) throw noContent(ref);
    try {
      return (await store.remove(content)) || undefined;
    } catch (error) {
      if (error instanceof TransientError) unsure = content.ulid;
      throw error;
    }
  });
}
