import type { FollowsRead } from '../follows/follows-read.ts';
import type { Clock } from '../shared/identifier.ts';
import { isSkipped } from './activity.ts';
import type { ChunkJob } from './contract.ts';
import type { PrivateTimelines, PublicTimelines } from './timeline-store.ts';

export interface ChunkParts {
  publics: PublicTimelines;
  privates: Pick<PrivateTimelines, 'deleteCopies' | 'lastReads' | 'writeCopies' | 'writeMerged'>;
  follows: FollowsRead;
  now: Clock;
}

/**
 * A job older than this asks whether each follow still exists. A younger one need not: the cleaning
 * after an unfollow comes a second time 15 minutes later and finds what such a job has written.
 */
const trustFollowsForMs = 10 * 60_000;

type Followers = readonly [string, string][];

/** Writes to the followers of one chunk. A repeat writes the same rows again. */
export async function runChunk(parts: ChunkParts, job: ChunkJob): Promise<void> {
  switch (job.kind) {
    case 'copy':
      await copy(parts, job);
      break;
    case 'remove':
      await remove(parts, job);
      break;
    case 'merge':
      await merge(parts, job);
      break;
  }
}

async function copy(parts: ChunkParts, job: Extract<ChunkJob, { kind: 'copy' }>): Promise<void> {
  const { privates, publics } = parts;
  const { action } = job;
  const following = await stillFollowing(parts, action.actor, job);
  const followers = await active(parts, following);
  const copies = followers.map(([owner, followId]) => ({ ...action, owner, followId }));
  await privates.writeCopies(copies);
  // The action may have been taken back, and the copies' removal may have passed here, before they were
  // written. Looking only afterwards leaves no moment in which both sides miss each other.
  const row = await publics.get(action.actor, action.ulid);
  if (row === undefined || row.retracted) await privates.deleteCopies(copies);
}

async function remove(
  { privates }: ChunkParts,
  { followers, ulid }: Extract<ChunkJob, { kind: 'remove' }>,
): Promise<void> {
  await privates.deleteCopies(followers.map(([owner, followId]) => ({ owner, ulid, followId })));
}

async function merge(parts: ChunkParts, job: Extract<ChunkJob, { kind: 'merge' }>): Promise<void> {
  const { actor } = job;
  const followers = await stillFollowing(parts, actor, job);
  await parts.privates.writeMerged(
    followers.map(([owner, followId]) => ({ owner, actor, followId })),
  );
}

async function stillFollowing(
  { follows, now }: ChunkParts,
  actor: string,
  { followers, plannedAt }: { followers: Followers; plannedAt: number },
): Promise<Followers> {
  if (now() - plannedAt < trustFollowsForMs) return followers;
  const edges = await follows.edges(
    followers.map(([owner]) => ({ follower: owner, followed: actor })),
  );
  return followers.filter(([, followId], index) => edges[index]?.followId === followId);
}

/** Those whose timelines are read: who was away for long gets a rebuild at the next read instead. */
async function active({ privates, now }: ChunkParts, followers: Followers): Promise<Followers> {
  const nowMs = now();
  const reads = await privates.lastReads(owners(followers), false);
  const skipped = followers.filter(([, followId], index) =>
    isSkipped(reads[index], followId, nowMs),
  );
  if (skipped.length === 0) return followers;
  // Certain only by a consistent read: one may have come back this very moment.
  const sure = await privates.lastReads(owners(skipped), true);
  const away = new Set(
    skipped
      .filter(([, followId], index) => isSkipped(sure[index], followId, nowMs))
      .map(([owner]) => owner),
  );
  return followers.filter(([owner]) => !away.has(owner));
}

function owners(followers: Followers): string[] {
  return followers.map(([owner]) => owner);
}
