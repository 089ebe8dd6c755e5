import { TransientError } from '../shared/errors.ts';
import { lastUlidAt } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { BlockStore } from './block-store.ts';
import { liftBlock } from './blocks.ts';
import { changeOwn } from './change-own.ts';
import type { OwningParts } from './change-own.ts';
import { removeCleared } from './clear-thread.ts';
import type { EraseJob, UpkeepJob } from './contract.ts';
import type { CopyRange } from './convo-store.ts';
import { isActive, withCleared } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';
import type { UpkeepStore } from './upkeep-store.ts';

export interface ErasingParts extends OwningParts {
  upkeep: UpkeepStore;
  blocks: BlockStore;
  jobs: JobQueue<UpkeepJob>;
}

/** What is to go: whatever was in a user's mailbox up to the moment that `upTo` ends. */
interface Erasure {
  ref: string;
  erasureId: string;
  upTo: string;
}

/** Items read at a time. */
const pageSize = 100;

/** Younger copies that a side's new counts are checked against when written: items of a transaction. */
const maxSeen = 90;

/**
 * Empties the mailbox of a user: its sides of threads, its copies, its blocks. The other participants
 * keep their own, with the user's reference. What came after the erasure began belongs to a new life
 * and stays, however late this runs; what was sent by then is seen, as every read here is strongly
 * consistent.
 *
 * Each step finds its work by what is left, so a run that died or has no time left is followed by
 * another. Messages are counted in the transaction that takes them out of sight, so each once.
 */
export async function erase(parts: ErasingParts, job: EraseJob, deadlineMs: number): Promise<void> {
  const { upkeep, jobs, pace } = parts;
  const { ref, erasureId } = job;
  const latest = await upkeep.erasure(ref);
  if (latest?.erasureId === erasureId ? latest.done : (latest?.erasureId ?? '') > erasureId) return;
  if (latest?.erasureId !== erasureId) await upkeep.beginErasure(ref, erasureId);

  const erasure = { ref, erasureId, upTo: lastUlidAt(Date.parse(job.startedAt)) };
  for (const step of [removeSides, liftBlocks]) {
    const parted = step(parts, erasure);
    while (!(await parted.next()).done) {
      if (pace.now() > deadlineMs) return jobs.send([job]);
    }
  }
  await patiently(parts, async () => upkeep.removeState(ref));
  await upkeep.finishErasure(ref, erasureId);
}

/**
 * One side after the other: takes its messages out of sight, then removes its copies, then the side
 * itself unless something younger keeps it; a reply makes a new one.
 */
async function* removeSides(parts: ErasingParts, erasure: Erasure): AsyncGenerator<void> {
  const { store, upkeep } = parts;
  const { ref, upTo } = erasure;
  let after: string | undefined;
  for (;;) {
    const sides = await upkeep.sidesOf(ref, { after, limit: pageSize });
    for (const { thread } of sides) {
      // Sides come by the age of their threads.
      if (thread > upTo) return;
      await clearSide(parts, erasure, thread);
      const old = { owner: ref, thread, upTo };
      while (await patiently(parts, async () => removeCleared(parts, old))) yield;
      const side = await store.side(ref, thread);
      if (side && !isActive(side) && side.last <= upTo) {
        await patiently(parts, async () => upkeep.removeSide(side));
      }
      yield;
    }
    if (sides.length < pageSize) return;
    after = sides.at(-1)?.thread;
  }
}

/** Takes the messages of that time out of sight. */
async function clearSide(parts: ErasingParts, erasure: Erasure, thread: string): Promise<void> {
  const { ref, erasureId, upTo } = erasure;
  await changeOwn(parts, async () => {
    const before = await parts.store.side(ref, thread);
    if (!before || (before.cleared ?? '') >= upTo) return { answer: 'clear' };
    const left = await copiesAbove(parts, before, upTo);
    if (isLacking(before, left, upTo)) throw new TransientError('a message is being written');
    const after = withCleared(before, upTo, left);
    const messages = before.sent + before.received - left.length;
    const write = {
      side: { before, after },
      seen: left.slice(0, maxSeen),
      erasure: { erasureId, messages },
    };
    return { write, answer: 'clear' };
  });
}

/** Whether a side shows a younger message already, whose copy is not to be seen yet. */
function isLacking({ newest }: ThreadSide, left: readonly MessageCopy[], upTo: string): boolean {
  return newest !== undefined && newest.ulid > upTo && left[0]?.ulid !== newest.ulid;
}

/** Newest first. */
async function copiesAbove(
  { store }: ErasingParts,
  { owner, thread }: ThreadSide,
  above: string,
): Promise<MessageCopy[]> {
  const found: MessageCopy[] = [];
  for (let below: string | undefined; ; below = found.at(-1)?.ulid) {
    const range: CopyRange = { above, below, order: 'desc', limit: pageSize };
    const page = await store.copies(owner, thread, range);
    found.push(...page);
    if (page.length < pageSize) return found;
  }
}

async function* liftBlocks(parts: ErasingParts, { ref, upTo }: Erasure): AsyncGenerator<void> {
  for (let after: string | undefined; ;) {
    const blocks = await parts.blocks.list(ref, { after, limit: pageSize });
    for (const block of blocks.filter(({ ulid }) => ulid <= upTo)) {
      await liftBlock(parts, block);
      yield;
    }
    if (blocks.length < pageSize) return;
    after = blocks.at(-1)?.ulid;
  }
}

/** Again while others write the same item: the client itself gives up at once then. */
async function patiently<T>({ pace }: ErasingParts, write: () => Promise<T>): Promise<T> {
  const { answer } = await persist(pace, async () => ({ answer: await write() }));
  return answer;
}
