import { ulidTime } from '../shared/identifier.ts';
import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { happenedAt } from './action.ts';
import type { EraseJob, UpkeepJob } from './contract.ts';
import { removeCopies } from './remove-copies.ts';
import { settleNewFollowers } from './settle-new-followers.ts';
import type { SettlingParts } from './settle-new-followers.ts';
import { storedRows } from './stored-rows.ts';
import type { TimelineProgress } from './timeline-store.ts';

export interface EraseParts extends SettlingParts {
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
  now: Clock;
}

/** What is to go: whatever of the resource was there at `startedAtMs`, and nothing younger. */
interface Erasure {
  ref: string;
  startedAtMs: number;
  pass: EraseJob['pass'];
}

/** Rows that are removed before progress is noted. */
const batch = 100;

/** Wait before the second look at what an index lists: it follows its table by moments. */
const secondLookSeconds = 3;

/**
 * Removes what timelines held of a resource when its erasure began: its actions, its private timeline,
 * its copies that outlive their follow, and notifications that name it. Copies by follows of that time
 * go as follows ends those, copies of those actions by younger follows last of all. What came later
 * belongs to a new life and stays, however late this runs.
 *
 * Each step finds its work by what is left, so a run that died is simply followed by another; the
 * numbers may then be short of what the dead run had not noted yet. A repeat after the end does nothing.
 */
export async function erase(parts: EraseParts, job: EraseJob, deadlineMs: number): Promise<void> {
  const { progress, jobs, now } = parts;
  const { ref, erasureId, pass } = job;
  const latest = await progress.erasure(ref);
  if (latest?.erasureId === erasureId ? latest.done : (latest?.erasureId ?? '') > erasureId) return;

  // Noted before anything goes: from now on a repeated request brings nothing back.
  if (latest?.erasureId !== erasureId) await progress.addErased(ref, erasureId, 0, false);

  const erasure = { ref, pass, startedAtMs: Date.parse(job.startedAt) };
  for (const step of job.settled ? [] : [retractOwn, emptyPrivate, removeKept, removeNotes]) {
    for await (const removed of step(parts, erasure)) {
      if (removed > 0) await progress.addErased(ref, erasureId, removed, false);
      if (now() > deadlineMs) return jobs.send([job]);
    }
  }
  if (!job.settled) await progress.forgetFanOut(ref);
  if (pass === 1) return jobs.send([{ ...job, pass: 2 }], secondLookSeconds);
  for await (const settled of settleNewFollowers(parts, job)) {
    if (now() > deadlineMs) return jobs.send([{ ...job, settled }]);
  }
  await progress.addErased(ref, erasureId, 0, true);
}

/** Takes back the resource's own actions; what is taken back already counts no more. */
async function* retractOwn(
  { publics, now }: EraseParts,
  { ref, startedAtMs }: Erasure,
): AsyncGenerator<number> {
  let after: string | undefined;
  for (;;) {
    const { rows, more } = await publics.read(ref, {
      order: 'desc',
      limit: batch,
      ...(after !== undefined && { after }),
    });
    const live = rows.filter((row) => !row.retracted && row.postedAt <= startedAtMs);
    await Promise.all(
      live.map(({ ulid }) => publics.retract(ref, ulid, { nowMs: now(), erased: true })),
    );
    if (live.length > 0) yield live.length;
    after = rows.at(-1)?.ulid ?? after;
    if (!more) return;
  }
}

/** Empties the resource's private timeline, and forgets whose copies it kept. */
async function* emptyPrivate(
  { privates }: EraseParts,
  { ref, startedAtMs, pass }: Erasure,
): AsyncGenerator<number> {
  const cameBefore = ({ followId }: { followId: string }) => ulidTime(followId) <= startedAtMs;
  const forget = async (kept: Iterable<readonly [followId: string, actor: string]>) => {
    await Promise.all(
      [...new Map(kept)].map(([followId, actor]) =>
        privates.forgetKept(actor, { owner: ref, followId }),
      ),
    );
  };
  const merged = (await privates.head(ref)).merged.filter(cameBefore);
  await forget(merged.map(({ followId, actor }) => [followId, actor]));
  // Before the removal marks, some of which hide what is merged.
  await privates.deleteMerged(merged.map(({ followId }) => ({ owner: ref, followId })));

  for await (const rows of storedRows(privates, ref)) {
    const copies = rows.filter((row) => row.kind === 'copy').filter(cameBefore);
    const notes = rows.filter((row) => row.kind === 'note' && row.postedAt <= startedAtMs);
    const marks = rows.filter((row) => row.kind === 'removed' && happenedAt(row) <= startedAtMs);
    await forget(copies.map(({ followId, actor }) => [followId, actor]));
    await privates.deleteCopies(
      copies.map(({ ulid, followId }) => ({ owner: ref, ulid, followId })),
    );
    await privates.deleteNotes(notes.map(({ ulid }) => ({ owner: ref, ulid })));
    await privates.deleteMarks(marks.map(({ ulid }) => ({ owner: ref, ulid })));
    // Marks are no actions, so they are not counted.
    if (copies.length + notes.length > 0) yield copies.length + notes.length;
  }
  // No index lists it, so that one look is enough; what a second one found would be younger.
  if (pass === 1) await privates.deleteHead(ref, startedAtMs);
}

/** Removes copies that others kept after they had unfollowed the resource. */
async function* removeKept(
  { privates }: EraseParts,
  { ref, startedAtMs }: Erasure,
): AsyncGenerator<number> {
  let after: string | undefined;
  for (;;) {
    const { rows, more } = await privates.kept(ref, {
      limit: batch,
      ...(after !== undefined && { after }),
    });
    for (const kept of rows) {
      after = `${kept.owner}#${kept.followId}`;
      if (ulidTime(kept.followId) > startedAtMs) continue;
      const removed = await removeCopies(privates, kept);
      await privates.forgetKept(ref, kept);
      yield removed;
    }
    if (!more) return;
  }
}

/** Removes notifications that name the resource from others' timelines. */
async function* removeNotes(
  { privates }: EraseParts,
  { ref, startedAtMs }: Erasure,
): AsyncGenerator<number> {
  let after: string | undefined;
  for (;;) {
    const notes = await privates.notesBy(ref, {
      limit: batch,
      ...(after !== undefined && { after }),
    });
    const removed = await privates.deleteNotesPostedBy(notes, startedAtMs);
    if (removed > 0) yield removed;
    after = notes.at(-1)?.ulid;
    if (notes.length < batch) return;
  }
}
