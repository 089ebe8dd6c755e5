import { ulidTime } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { EraseFollowsJob } from './contract.ts';
import { sumOfShards } from './counts.ts';
import { reportErasure } from './erase-resource.ts';
import type { ErasableFollow, Erasure, ErasureStore } from './erasure-store.ts';
import { mergedList } from './follow-lists.ts';
import type { FollowWriting } from './follow.ts';
import { persist } from '../shared/persist.ts';
import { unfollow } from './unfollow.ts';

/** What erasing follows needs. */
export interface FollowsErasing extends Omit<FollowWriting, 'newUlid'> {
  erasures: ErasureStore;
  jobs: JobQueue<EraseFollowsJob>;
  /** Declared resource types. */
  types: readonly string[];
  /** Time after which a run hands what is left to a new message. */
  runMs: number;
}

/** Follows read at a time. */
const pageSize = 100;

/** Seconds between the passes: by then indexes show what was being written when the erasure began. */
export const secondPassDelaySeconds = 5;

/**
 * Ends the follows of a resource, both ways, that began before its erasure; then, in the second pass,
 * deletes its counters and reports the part as done. It holds no place: what is ended is gone from the
 * lists, so a run that broke off anywhere is simply run again, and each end is counted in its own
 * transaction, once.
 */
export async function eraseFollows(work: FollowsErasing, job: EraseFollowsJob): Promise<void> {
  const { erasures, jobs, pace, runMs } = work;
  const erasure = await erasures.erasure(job.ref);
  if (erasure?.erasureId !== job.erasureId || erasure.parts.follows?.done !== false) return;

  const deadline = pace.now() + runMs;
  for await (const edge of followsOf(work, erasure)) {
    const { followId } = edge;
    await unfollow(work, edge, { reason: 'erased', followId, erasure: job });
    if (pace.now() >= deadline) {
      await jobs.send([job]);
      return;
    }
  }
  if (job.pass === 1) {
    await jobs.send([{ ...job, pass: 2 }], secondPassDelaySeconds);
    return;
  }
  await deleteEmptyCounters(work, job.ref);
  await reportErasure(
    { store: erasures, now: pace.now },
    { ...job, part: 'follows', removed: 0, done: true },
  );
}

/** The follows of a resource, both ways, that are not younger than its erasure. */
async function* followsOf(
  work: FollowsErasing,
  { ref, startedAtMs }: Erasure,
): AsyncGenerator<ErasableFollow> {
  for await (const edge of followingsOf(work, ref)) {
    if (ulidTime(edge.followId) <= startedAtMs) yield edge;
  }
  for await (const edge of followersOf(work, ref)) {
    if (ulidTime(edge.followId) > startedAtMs) return;
    yield edge;
  }
}

async function* followingsOf(work: FollowsErasing, ref: string): AsyncGenerator<ErasableFollow> {
  for (let after: string | undefined; ;) {
    const page = await work.erasures.followingsOf(ref, { after, limit: pageSize });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.followed;
  }
}

/** Oldest first. Types that are no longer declared are among them: the counters still name them. */
async function* followersOf(work: FollowsErasing, ref: string): AsyncGenerator<ErasableFollow> {
  const { store } = work;
  const types = new Set(work.types);
  for (const name of sumOfShards(await store.counters(ref)).keys()) {
    const [list, type] = name.split('#');
    if (list === 'followers' && type !== undefined) types.add(type);
  }
  const query = {
    list: 'followers',
    ref,
    types: [...types],
    order: 'asc',
    limit: pageSize,
  } as const;
  for (let after: string | undefined; ;) {
    const page = await mergedList(store, { ...query, after });
    for (const { ref: follower, id } of page) yield { follower, followed: ref, followId: id };
    if (page.length < pageSize) return;
    after = page.at(-1)?.id;
  }
}

/** Counters that are not zero stay: somebody followed since the erasure began. */
async function deleteEmptyCounters(work: FollowsErasing, ref: string): Promise<void> {
  await persist(work.pace, async () => {
    const shards = await work.store.counters(ref);
    if ([...sumOfShards(shards).values()].some((sum) => sum !== 0)) return 'kept';
    const deletion = await work.erasures.deleteCounters(ref, shards);
    return deletion === 'stale' ? undefined : deletion;
  });
}
