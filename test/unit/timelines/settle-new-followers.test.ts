import { expect, test } from '@jest/globals';
import { upkeepJob } from '../../../lambdas/timelines/contract.ts';
import type { UpkeepJob } from '../../../lambdas/timelines/contract.ts';
import { erase } from '../../../lambdas/timelines/erase.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { takeJobs } from '../../support/in-memory-timelines-moments.ts';
import { bob, erasureOf, following, post, secondMs, stored } from './acting.ts';

const dot = 'user:dot';
const forever = Number.POSITIVE_INFINITY;

/** Many follow bob and import two actions that an erasure takes back only then; dot leaves again. */
async function followed(removeOnUnfollow: boolean) {
  const app = new TimelinesApp({ settings: { removeOnUnfollow } });
  const old = [await post(app, bob), await post(app, bob)];
  await settle(app);
  const job = erasureOf(app, bob);
  const followers = Array.from({ length: 120 }, (_, at) => `user:f${at}`);
  await following(
    app,
    [...followers, dot].map((one) => [one, bob] as const),
  );
  const young = await post(app, bob);
  await settle(app);
  app.clock.advance(secondMs);
  await app.unfollow(dot, bob);
  await settle(app);
  return { app, job, old, young, owners: removeOnUnfollow ? followers : [...followers, dot] };
}

test.each([
  [true, forever],
  [false, forever],
  [false, 0],
])(
  'what a follow younger than the erasure imported goes once its action is taken back, before the erasure is done (removeOnUnfollow %s, deadline %d)',
  async (removeOnUnfollow, deadlineMs) => {
    const { app, job, old, young, owners } = await followed(removeOnUnfollow);
    for (const owner of owners)
      expect(await app.shown(owner)).toEqual([...old, young].toSorted().toReversed());
    let done = false;
    for (let jobs: UpkeepJob[] = [job]; jobs.length > 0;) {
      expect(done).toBe(false);
      for (const next of jobs) {
        if (next.kind === 'erase') await erase(app.parts(), next, deadlineMs);
      }
      jobs = takeJobs(app, 'upkeep', upkeepJob);
      done = (await app.progress.erasure(bob))?.done ?? false;
    }
    expect(done).toBe(true);
    for (const owner of owners) expect(await stored(app, owner)).toEqual([`copy ${young}`]);
  },
);
