import { CounterShards } from '../../lambdas/follows/counter-shards.ts';
import type { FollowStore } from '../../lambdas/follows/follow-store.ts';
import type { FollowWriting } from '../../lambdas/follows/follow.ts';
import { stableUlid } from '../../lambdas/shared/identifier.ts';
import type { NewUlid } from '../../lambdas/shared/identifier.ts';
import { seededRandom } from './seeded-random.ts';
import { virtualClock } from './virtual-clock.ts';

/** Different ids at every call, the same ones in every run. */
export function countingUlids(): NewUlid {
  let made = 0;
  return (atMs) => stableUlid(atMs, String(made++));
}

/** What `follow` and `unfollow` need, over a store, with time and chance of its own. */
export function followWriting(
  store: FollowStore,
  options: { seed?: number; pace?: Partial<FollowWriting['pace']> } = {},
): FollowWriting {
  const random = seededRandom(options.seed ?? 1);
  const { now, sleep } = virtualClock();
  return {
    store,
    shards: new CounterShards(random),
    pace: { now, sleep, random, patienceMs: 20_000, ...options.pace },
    newUlid: countingUlids(),
  };
}
