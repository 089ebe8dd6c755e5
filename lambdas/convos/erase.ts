import { lastUlidAt } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { BlockStore } from './block-store.ts';
import { liftBlock } from './blocks.ts';
import { changeOwn } from './change-own.ts';
import type { OwningParts } from './change-own.ts';
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

/** Seconds between the passes, for what was being sent when the erasure began. */
export const secondPassDelaySeconds = 5;

/**
 * Empties the mailbox of a user: its sides of threads, its copies, its blocks. The other participants
 * keep their own, with the user's reference. What came after the erasure began belongs to a new life
 * and stays, however late this runs.
 *
 * Each step finds its work by what is left, so a run that died is simply followed by another. Messages
 * are counted in the transaction that takes them out of sight, so each once.
 */
export async function erase(parts: ErasingParts, job: EraseJob, deadlineMs: number): Promise<void> {
  const { upkeep, jobs, pace } = parts;
  const { ref, erasureId, pass } = job;
  const latest = await upkeep.erasure(ref);
  if (latest?.erasureId === erasureId ? latest.done : (latest?.erasureId ?? '') > erasureId) return;
  if (latest?.erasureId !== erasureId) await upkeep.beginErasure(ref, erasureId);

  const erasure = { ref, erasureId, upTo: lastUlidAt(Date.parse(job.startedAt)) };
  for (const step of [clearSides, liftBlocks, removeCopies, removeSides]) {
    const pages = step(parts, erasure);
    while (!(await pages.next()).done) {
      if (pace.now() > deadlineMs) return jobs.send([job]);
    }
  }
  if (pass === 1) return jobs.send([{ ...job, pass: 2 }], secondPassDelaySeconds);
  await upkeep.removeState(ref);
  await upkeep.finishErasure(ref, erasureId);
}

/** Takes the messages of that time out of sight. */
async function* clearSides(parts: ErasingParts, erasure: Erasure): AsyncGenerator<void> {
  for await (const sides of sidePages(parts, erasure.ref)) {
    for (const { thread } of sides.filter((side) => isLeft(side, erasure))) {
      await clearSide(parts, erasure, thread);
    }
    yield;
  }
}

function isLeft({ thread, cleared = '' }: ThreadSide, { upTo }: Erasure): boolean {
  return thread <= upTo && cleared < upTo;
}

async function clearSide(parts: ErasingParts, erasure: Erasure, thread: string): Promise<void> {
  const { ref, erasureId, upTo } = erasure;
  await changeOwn(parts, async () => {
    const before = await parts.store.side(ref, thread);
    if (!before || !isLeft(before, erasure)) return { answer: 'clear' };
    const left = await copiesAbove(parts, before, upTo);
    const after = withCleared(before, upTo, left);
    const messages = before.sent + before.received - left.length;
    const side = { before, after };
    return { write: { side, erasure: { erasureId, messages } }, answer: 'clear' };
  });
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
    }
    if (blocks.length < pageSize) return;
    yield;
    after = blocks.at(-1)?.ulid;
  }
}

async function* removeCopies({ upkeep }: ErasingParts, { ref, upTo }: Erasure) {
  for (let after: MessageCopy | undefined; ;) {
    const copies = await upkeep.copiesOf(ref, { after, limit: pageSize });
    await upkeep.removeCopies(copies.filter(({ ulid }) => ulid <= upTo));
    if (copies.length < pageSize) return;
    yield;
    after = copies.at(-1);
  }
}

/** Sides without anything younger go; a reply makes a new one. */
async function* removeSides(parts: ErasingParts, { ref, upTo }: Erasure): AsyncGenerator<void> {
  for await (const sides of sidePages(parts, ref)) {
    for (const side of sides) {
      if (!isActive(side) && side.last <= upTo) await parts.upkeep.removeSide(side);
    }
    yield;
  }
}

async function* sidePages({ upkeep }: ErasingParts, ref: string): AsyncGenerator<ThreadSide[]> {
  for (let after: string | undefined; ;) {
    const sides = await upkeep.sidesOf(ref, { after, limit: pageSize });
    yield sides;
    if (sides.length < pageSize) return;
    after = sides.at(-1)?.thread;
  }
}
