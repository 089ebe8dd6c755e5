import type { FollowsRead } from '../follows/follows-read.ts';
import { lastUlidAt, ulidTime } from '../shared/identifier.ts';
import type { EraseJob } from './contract.ts';
import { settleStored } from './copies.ts';
import type { CopyParts } from './copies.ts';

export interface SettlingParts extends CopyParts {
  follows: FollowsRead;
}

/** How far the walk is. */
type Settled = NonNullable<EraseJob['settled']>;

/** Followers that are read at once. */
const page = 100;

/**
 * Takes out what followers younger than an erasure imported of the erased actor before its actions were
 * taken back: those follows go on, so nothing else comes for these copies. Of followers that have left
 * again, and keep what they have, too.
 *
 * Gives after each follower where to go on; whoever follows later imports nothing that was taken back.
 */
export async function* settleNewFollowers(
  parts: SettlingParts,
  { ref, startedAt, settled }: EraseJob,
): AsyncGenerator<Settled> {
  const startedAtMs = Date.parse(startedAt);
  if (settled?.list !== 'kept') {
    yield* settleFollowers(parts, ref, settled?.after ?? lastUlidAt(startedAtMs));
  }
  const keptAfter = settled?.list === 'kept' ? settled.after : undefined;
  yield* settleKept(parts, { ref, startedAtMs }, keptAfter);
}

async function* settleFollowers(
  parts: SettlingParts,
  ref: string,
  from: string,
): AsyncGenerator<Settled> {
  let after = from;
  for (;;) {
    const links = await parts.follows.followersOf(ref, { after, limit: page });
    for (const { ref: owner, followId } of links) {
      await settleStored(parts, { owner, actor: ref, followId });
      after = followId;
      yield { list: 'followers', after };
    }
    if (links.length < page) return;
  }
}

async function* settleKept(
  parts: SettlingParts,
  { ref, startedAtMs }: { ref: string; startedAtMs: number },
  from: string | undefined,
): AsyncGenerator<Settled> {
  let after = from;
  for (;;) {
    const { rows, more } = await parts.privates.kept(ref, {
      limit: page,
      ...(after !== undefined && { after }),
    });
    for (const { owner, followId } of rows) {
      after = `${owner}#${followId}`;
      if (ulidTime(followId) <= startedAtMs) continue;
      await settleStored(parts, { owner, actor: ref, followId });
      yield { list: 'kept', after };
    }
    if (!more) return;
  }
}
