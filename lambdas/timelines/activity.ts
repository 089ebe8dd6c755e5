import type { FollowsRead } from '../follows/follows-read.ts';
import { ulidTime } from '../shared/identifier.ts';
import type { Clock } from '../shared/identifier.ts';
import type { Head, PrivateTimelines } from './timeline-store.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** A timeline that nobody read for this long gets no copies until it is read again. */
export const inactiveAfterMs = 21 * dayMs;

/**
 * Fan-out skips an owner this much later than a reader thinks itself skipped, so that clocks that differ
 * a little never leave an owner skipped and not rebuilt.
 */
const skipMarginMs = hourMs;

/** `lastReadAt` is written at most once in this time: a read costs a write once a day. */
const touchEveryMs = dayMs;

export interface ActivityParts {
  privates: PrivateTimelines;
  follows: FollowsRead;
  now: Clock;
}

/** Whether fan-out skips an owner, by when it last read or else since when it follows. */
export function isSkipped(
  lastReadAt: number | undefined,
  followId: string,
  nowMs: number,
): boolean {
  return (lastReadAt ?? ulidTime(followId)) < nowMs - inactiveAfterMs - skipMarginMs;
}

/** What a read finds to be done before it answers. */
export type ReadDuty = 'none' | 'rebuild';

/**
 * Notes that a timeline is being read. From the moment this returns fan-out writes to it again; when it
 * may have been skipped until then, the answer is `rebuild`, and stays so until a rebuild is done.
 */
export async function noteRead(
  { privates, follows, now }: ActivityParts,
  owner: string,
  head: Head,
): Promise<{ duty: ReadDuty; touched: boolean }> {
  const nowMs = now();
  const { lastReadAt } = head;
  if (lastReadAt !== undefined && lastReadAt > nowMs - touchEveryMs) {
    return { duty: head.rebuildOwed ? 'rebuild' : 'none', touched: false };
  }
  const since = lastReadAt ?? (await oldestFollow(follows, owner));
  const skipped = since !== undefined && since < nowMs - inactiveAfterMs;
  await privates.touch(owner, nowMs, skipped);
  return { duty: skipped || head.rebuildOwed ? 'rebuild' : 'none', touched: true };
}

async function oldestFollow(follows: FollowsRead, owner: string): Promise<number | undefined> {
  const [oldest] = await follows.followingsOf(owner, { limit: 1 });
  return oldest && ulidTime(oldest.followId);
}
