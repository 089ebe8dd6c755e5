import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { UpkeepJob } from './contract.ts';
import { removeCopies } from './remove-copies.ts';
import { storedRows } from './stored-rows.ts';
import type { PrivateTimelines, PublicTimelines, TimelineProgress } from './timeline-store.ts';

export interface EraseParts {
  publics: PublicTimelines;
  privates: PrivateTimelines;
  progress: TimelineProgress;
  jobs: JobQueue<UpkeepJob>;
  now: Clock;
}

type EraseJob = Extract<UpkeepJob, { kind: 'erase' }>;

/** Rows that are removed before progress is noted. */
const batch = 100;

/** Wait before the second look at what an index lists: it follows its table by moments. */
const secondLookSeconds = 3;

/**
 * Removes what timelines hold of a resource: its actions, its private timeline, its copies that outlive
 * their follow, and notifications that name it. Copies by living follows go as follows ends those.
 *
 * Each step finds its work by what is left, so a run that died is simply followed by another; the
 * numbers may then be short of what the dead run had not noted yet. A repeat after the end does nothing:
 * the resource may have begun anew.
 */
export async function erase(parts: EraseParts, job: EraseJob, deadlineMs: number): Promise<void> {
  const { progress, jobs, now } = parts;
  const { ref, erasureId } = job;
  const latest = await progress.erasure(ref);
  if (latest?.erasureId === erasureId ? latest.done : (latest?.erasureId ?? '') > erasureId) return;

  for (const step of [retractOwn, emptyPrivate, removeKept, removeNotes]) {
    for await (const removed of step(parts, ref)) {
      if (removed > 0) await progress.addErased(ref, erasureId, removed, false);
      if (now() > deadlineMs) return jobs.send([job]);
    }
  }
  await progress.forgetFanOut(ref);
  if (job.pass === 1) return jobs.send([{ ...job, pass: 2 }], secondLookSeconds);
  await progress.addErased(ref, erasureId, 0, true);
}

/** Takes back the resource's own actions; what is taken back already counts no more. */
async function* retractOwn({ publics, now }: EraseParts, ref: string): AsyncGenerator<number> {
  let after: string | undefined;
  for (;;) {
    const { rows, more } = await publics.read(ref, {
      order: 'desc',
      limit: batch,
      ...(after !== undefined && { after }),
    });
    const live = rows.filter((row) => !row.retracted);
    await Promise.all(
      live.map(({ ulid }) => publics.retract(ref, ulid, { nowMs: now(), erased: true })),
    );
    if (live.length > 0) yield live.length;
    after = rows.at(-1)?.ulid ?? after;
    if (!more) return;
  }
}

/** Empties the resource's private timeline, and forgets whose copies it kept. */
async function* emptyPrivate({ privates }: EraseParts, ref: string): AsyncGenerator<number> {
  const forget = async (kept: Iterable<readonly [followId: string, actor: string]>) => {
    await Promise.all(
      [...new Map(kept)].map(([followId, actor]) =>
        privates.forgetKept(actor, { owner: ref, followId }),
      ),
    );
  };
  for await (const rows of storedRows(privates, ref)) {
    const copies = rows.filter((row) => row.kind === 'copy');
    const notes = rows.filter((row) => row.kind === 'note');
    await forget(copies.map(({ followId, actor }) => [followId, actor]));
    await privates.deleteCopies(
      copies.map(({ ulid, followId }) => ({ owner: ref, ulid, followId })),
    );
    await privates.deleteNotes(notes.map(({ ulid }) => ({ owner: ref, ulid })));
    if (copies.length + notes.length > 0) yield copies.length + notes.length;
  }
  const { merged } = await privates.head(ref);
  await forget(merged.map(({ followId, actor }) => [followId, actor]));
  // Left are removal marks, the read mark and the like: no actions, so they are not counted.
  while ((await privates.deleteAll(ref, batch)) > 0);
}

/** Removes copies that others kept after they had unfollowed the resource. */
async function* removeKept({ privates }: EraseParts, ref: string): AsyncGenerator<number> {
  for (;;) {
    const { rows } = await privates.kept(ref, { limit: batch });
    if (rows.length === 0) return;
    for (const kept of rows) {
      const removed = await removeCopies(privates, kept);
      await privates.forgetKept(ref, kept);
      yield removed;
    }
  }
}

/** Removes notifications that name the resource from others' timelines. */
async function* removeNotes({ privates }: EraseParts, ref: string): AsyncGenerator<number> {
  let after: string | undefined;
  for (;;) {
    const notes = await privates.notesBy(ref, {
      limit: batch,
      ...(after !== undefined && { after }),
    });
    await privates.deleteNotes(notes);
    if (notes.length > 0) yield notes.length;
    after = notes.at(-1)?.ulid;
    if (notes.length < batch) return;
  }
}
