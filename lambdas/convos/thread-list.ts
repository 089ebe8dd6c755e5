import type { ConvoStore, Folder } from './convo-store.ts';
import { isActive } from './thread-side.ts';
import type { ThreadSide } from './thread-side.ts';

export interface ThreadPage {
  items: ThreadSide[];
  /** Where the next page continues; absent at the end. */
  next?: string | undefined;
}

/**
 * A page of the caller's threads, those with the newest last message first. One Query for a folder;
 * without one both folders are asked at once and merged, as each thread is in at least one.
 *
 * @param query.after `next` of the page before
 */
export async function threadPage(
  store: Pick<ConvoStore, 'folder'>,
  owner: string,
  query: { folder: Folder | undefined; after: string | undefined; limit: number },
): Promise<ThreadPage> {
  const { folder, after, limit } = query;
  const folders: Folder[] = folder === undefined ? ['inbox', 'outbox'] : [folder];
  const found = await Promise.all(
    folders.map((name) => store.folder(owner, name, { after, limit: limit + 1 })),
  );
  const sides = onceEach(found.flat()).toSorted((a, b) => (a.last < b.last ? 1 : -1));
  const items = sides.slice(0, limit);
  return { items, next: sides.length > limit ? items.at(-1)?.last : undefined };
}

/** The two indexes follow their table each at its own pace: of a thread seen twice the later counts. */
function onceEach(sides: readonly ThreadSide[]): ThreadSide[] {
  const byThread = new Map<string, ThreadSide>();
  for (const side of sides) {
    const known = byThread.get(side.thread);
    if (!known || known.version < side.version) byThread.set(side.thread, side);
  }
  return [...byThread.values()];
}

/** Whether a thread is in a folder: it holds an active message received, or sent. */
export function isInFolder(side: ThreadSide, folder: Folder | undefined): boolean {
  if (folder === undefined) return isActive(side);
  return (folder === 'inbox' ? side.received : side.sent) > 0;
}
