import { lastUlidAt, ulidTime } from '../shared/identifier.ts';
import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { EraseJob, UpkeepJob } from './contract.ts';
import type { HookStore } from './hook-store.ts';
import type { UpkeepStore } from './upkeep-store.ts';

export interface ErasingParts {
  hooks: Pick<HookStore, 'list' | 'read' | 'remove'>;
  upkeep: UpkeepStore;
  jobs: JobQueue<UpkeepJob>;
  now: Clock;
}

/**
 * Wait before the second look, in seconds: the longest delay of SQS. Whatever read a hook before it went
 * has long ended then: an event being matched, a post, a run of its lane.
 */
export const secondLookSeconds = 900;

/** Rows that are removed before progress is noted. */
const batch = 100;

/**
 * Removes the hooks that a resource had when its erasure began, with their lanes, deliveries and
 * failures. What came later belongs to a new life and stays, however late this runs. Two things follow
 * behind: payloads that hooks share go by their time to live, and what was being written at that moment
 * by a second look, which counts and reports nothing more.
 *
 * Each step finds its work by what is left, so a run that died or has no time left is followed by
 * another; the numbers may then be short of what the dead run had not noted yet.
 */
export async function erase(parts: ErasingParts, job: EraseJob, deadlineMs: number): Promise<void> {
  const { upkeep, jobs, now } = parts;
  const { ref, erasureId, pass } = job;
  const latest = await upkeep.erasure(ref);
  if ((latest?.erasureId ?? '') > erasureId) return;
  if (pass === 1) {
    if (latest?.erasureId === erasureId && latest.done) return;
    if (latest?.erasureId !== erasureId) {
      // Before anything is noted, so that no death is left without it; a repeat does no harm.
      await jobs.send([{ ...job, pass: 2 }], secondLookSeconds);
      await upkeep.beginErasure(ref, erasureId);
    }
  }
  for await (const removed of removeHooks(parts, job)) {
    if (pass === 1 && removed > 0) await upkeep.addErased(ref, erasureId, removed);
    if (now() > deadlineMs) return jobs.send([job]);
  }
  if (pass === 1) await upkeep.finishErasure(ref, erasureId);
}

/** Removes the rest of a hook that is gone. Its ULID never comes again, so nothing of it can be new. */
export async function sweep(
  { hooks, upkeep, jobs, now }: ErasingParts,
  job: Extract<UpkeepJob, { kind: 'sweep' }>,
  deadlineMs: number,
): Promise<void> {
  if (await hooks.read(job.hook)) return;
  const steps = removeBelongings(upkeep, job.hook);
  while (!(await steps.next()).done) {
    if (now() > deadlineMs) return jobs.send([job]);
  }
}

/** One hook after the other, newest first; tells what each step removed. */
async function* removeHooks(parts: ErasingParts, job: EraseJob): AsyncGenerator<number> {
  const startedAtMs = Date.parse(job.startedAt);
  for (let after: string | undefined; ;) {
    const page = await parts.hooks.list({ owner: job.ref }, { after, limit: batch });
    for (const { ulid } of page.hooks) {
      if (ulidTime(ulid) <= startedAtMs) yield* removeHook(parts, ulid, lastUlidAt(startedAtMs));
    }
    after = page.after;
    if (after === undefined) return;
  }
}

/**
 * The hook goes between its deliveries up to the beginning of the erasure, which are many but become no
 * more, and the rest, to which then only what is under way still adds.
 */
async function* removeHook(
  { hooks, upkeep, jobs }: ErasingParts,
  ulid: string,
  upTo: string,
): AsyncGenerator<number> {
  yield* inPages(async () => upkeep.removeDeliveries(ulid, { upTo, limit: batch }));
  // Before the hook goes: nothing would lead to its rest after a death.
  await jobs.send([{ kind: 'sweep', hook: ulid }], secondLookSeconds);
  for (;;) {
    const hook = await hooks.read(ulid);
    if (!hook) break;
    if ((await hooks.remove(hook)) === 'removed') {
      yield 1;
      break;
    }
  }
  yield* removeBelongings(upkeep, ulid);
}

async function* removeBelongings(upkeep: UpkeepStore, hook: string): AsyncGenerator<number> {
  yield* inPages(async () => upkeep.removeDeliveries(hook, { limit: batch }));
  // Rows of a lane stand for deliveries, which are counted already.
  yield* inPages(async () => upkeep.removeLane(hook, batch), 0);
}

/** Page by page, until one is not full; each row counts as so many. */
async function* inPages(page: () => Promise<number>, each = 1): AsyncGenerator<number> {
  for (let rows = batch; rows === batch;) {
    rows = await page();
    yield rows * each;
  }
}
