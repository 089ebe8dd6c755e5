import { expect, test } from '@jest/globals';
import { chunkJob } from '../../../lambdas/timelines/contract.ts';
import { runChunk } from '../../../lambdas/timelines/fan-out-chunk.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverChanges, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { takeJobs } from '../../support/in-memory-timelines-moments.ts';
import { amy, bob, dayMs, following, post, secondMs, stored, takeBack } from './acting.ts';

const settings = { removeOnUnfollow: false };

/** Amy follows bob, whose actions are to stay when that ends. */
async function followed() {
  const app = new TimelinesApp({ settings });
  await following(app, [[amy, bob]]);
  return app;
}

async function unfollowed(app: TimelinesApp): Promise<void> {
  app.clock.advance(secondMs);
  await app.unfollow(amy, bob);
  app.clock.advance(secondMs);
}

test('what was posted before the unfollow stays, what comes later does not arrive', async () => {
  const app = await followed();
  const before = await post(app, bob);
  await settle(app);
  await unfollowed(app);
  await post(app, bob);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before]);
});

test('what was under way at the unfollow arrives, although fan-out asks for living follows', async () => {
  const app = await followed();
  const before = await post(app, bob);
  await deliverChanges(app);
  await unfollowed(app);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before]);
});

test('what a reader who was away missed before the unfollow arrives', async () => {
  const app = await followed();
  app.clock.advance(30 * dayMs);
  const before = await post(app, bob);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
  await unfollowed(app);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before]);
});

test('what fan-out wrote because the index still listed the follower is taken out', async () => {
  const app = await followed();
  app.follows.holdLists();
  await unfollowed(app);
  await deliverJobs(app, 'upkeep');
  const after = await post(app, bob);
  await deliverChanges(app);
  await deliverJobs(app, 'plans');
  const [chunk] = takeJobs(app, 'chunks', chunkJob);
  if (!chunk) throw new Error('nothing was planned');
  await runChunk(app.parts(), chunk);
  expect(await stored(app, amy)).toEqual([`copy ${after}`]);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
});

test('an action that stayed leaves when it is taken back, at once or weeks later', async () => {
  const app = await followed();
  const [soon, late] = [await post(app, bob), await post(app, bob)];
  await settle(app);
  await unfollowed(app);
  await takeBack(app, bob, soon);
  await settle(app);
  expect(await stored(app, amy)).toEqual([`copy ${late}`]);
  app.clock.advance(40 * dayMs);
  await takeBack(app, bob, late);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
});

test('following again shows what stayed and what is new, once each', async () => {
  const app = await followed();
  const before = await post(app, bob);
  await settle(app);
  await unfollowed(app);
  const between = await post(app, bob);
  await settle(app);
  app.clock.advance(secondMs);
  await following(app, [[amy, bob]]);
  const after = await post(app, bob);
  await settle(app);
  expect(await app.shown(amy)).toEqual([after, between, before]);
});
