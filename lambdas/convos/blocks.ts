import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { NewUlid } from '../shared/identifier.ts';
import type { Block, BlockStore } from './block-store.ts';

export interface BlockingParts {
  blocks: BlockStore;
  pace: Pace;
  newUlid: NewUlid;
}

/** Blocks a user; blocking again keeps the first date. Once this returns no message passes any more. */
export async function blockUser(
  { blocks, pace, newUlid }: BlockingParts,
  blocker: string,
  blocked: string,
): Promise<Block> {
  return persist(pace, async () => {
    const { ofOne } = await blocks.between(blocker, blocked);
    if (ofOne !== undefined) return { blocker, blocked, ulid: ofOne };
    const block = { blocker, blocked, ulid: newUlid(pace.now()) };
    return (await blocks.add(block)) === 'done' ? block : undefined;
  });
}

/** Lifts a block, if there is one. */
export async function unblockUser(
  { blocks, pace }: Omit<BlockingParts, 'newUlid'>,
  blocker: string,
  blocked: string,
): Promise<void> {
  await persist(pace, async () => {
    const { ofOne } = await blocks.between(blocker, blocked);
    if (ofOne === undefined) return 'lifted';
    const outcome = await blocks.remove({ blocker, blocked, ulid: ofOne });
    return outcome === 'done' ? outcome : undefined;
  });
}

/** Lifts this very block, if it is there still; one that was set since then stays. */
export async function liftBlock(
  { blocks, pace }: Omit<BlockingParts, 'newUlid'>,
  block: Block,
): Promise<void> {
  await persist(pace, async () => {
    const outcome = await blocks.remove(block);
    return outcome === 'busy' ? undefined : outcome;
  });
}

/** A page of whom a user blocks, newest first. @param page.after `next` of the page before */
export async function blockPage(
  blocks: BlockStore,
  blocker: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ items: Block[]; next?: string | undefined }> {
  const found = await blocks.list(blocker, { after, limit: limit + 1 });
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? items.at(-1)?.ulid : undefined };
}
