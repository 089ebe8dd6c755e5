import { expect, test } from '@jest/globals';
import { ulidTime } from '../../../lambdas/shared/identifier.ts';
import { chunkJob, planJob } from '../../../lambdas/timelines/contract.ts';
import { plan } from '../../../lambdas/timelines/fan-out-planner.ts';
import { faultsAt } from '../../support/faulty.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverChanges, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { takeJobs } from '../../support/in-memory-timelines-moments.ts';
import {
  amy,
  bob,
  cat,
  dayMs,
  following,
  minuteMs,
  post,
  read,
  secondMs,
  stored,
  takeBack,
} from './acting.ts';

const many = (count: number) => Array.from({ length: count }, (_, at) => `user:f${at}`);
const all = (followers: readonly string[]) => followers.map((follower) => [follower, bob] as const);

test('above the limit nothing is written to followers, and they see it all the same', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 2 } });
  await following(app, all([amy, cat]));
  const copied = await post(app, bob);
  await settle(app);
  await following(app, all(['user:dan']));
  const merged = await post(app, bob);
  await settle(app);
  for (const owner of [amy, cat, 'user:dan']) {
    expect(await app.shown(owner)).toEqual([merged, copied]);
    expect(await stored(app, owner)).toEqual([`copy ${copied}`]);
  }
  expect((await app.progress.fanOut(bob)).mode).toBe('merge');
});

test('an actor is copied again only well below the limit, and nothing is lost or doubled', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 5 } });
  const followers = many(6);
  await following(app, all(followers));
  const posted: string[] = [await post(app, bob)];
  await settle(app);
  const modes: string[] = [];
  for (const leaver of followers.slice(1)) {
    await app.unfollow(leaver, bob);
    posted.push(await post(app, bob));
    await settle(app);
    modes.push((await app.progress.fanOut(bob)).mode);
    expect(await app.shown('user:f0')).toEqual(posted.toReversed());
    expect(await app.shown(leaver)).toEqual([]);
  }
  expect(modes).toEqual(['merge', 'copy', 'copy', 'copy', 'copy']);
  app.clock.advance(secondMs);
  await following(app, all(followers.slice(1)));
  posted.push(await post(app, bob));
  await settle(app);
  for (const owner of followers) expect(await app.shown(owner)).toEqual(posted.toReversed());
});

test.each(['refused', 'answer lost'] as const)(
  'a planner that dies at noting the new way (%s) tells the followers again',
  async (kind) => {
    const app = new TimelinesApp({ settings: { fanOutLimit: 0 } });
    await following(app, [[amy, bob]]);
    const ulid = await post(app, bob);
    await deliverChanges(app);
    const died = { kind, error: new Error('died') };
    await deliverJobs(app, 'plans', { faults: faultsAt({ setFanOut: { 1: died } }) });
    expect((await app.progress.fanOut(bob)).mode).toBe(kind === 'refused' ? 'copy' : 'merge');
    await settle(app);
    expect(await app.shown(amy)).toEqual([ulid]);
    expect((await app.progress.fanOut(bob)).mode).toBe('merge');
  },
);

test('a planner that dies at telling the followers has not noted the new way', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 0 } });
  await following(app, [[amy, bob]]);
  await post(app, bob);
  await deliverChanges(app);
  const died = { kind: 'refused' as const, error: new Error('died') };
  await deliverJobs(app, 'plans', { faults: faultsAt({ send: { 1: died } }) });
  expect((await app.progress.fanOut(bob)).mode).toBe('copy');
});

test('an action copied before its actor was merged leaves everybody when it is taken back', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 1 } });
  await following(app, all([amy]));
  const copied = await post(app, bob);
  await settle(app);
  app.clock.advance(10 * minuteMs);
  await following(app, all([cat]));
  const first = await post(app, bob);
  await settle(app);
  app.clock.advance(10 * minuteMs);
  const second = await post(app, bob);
  await settle(app);
  await takeBack(app, bob, copied);
  await settle(app);
  expect(await app.shown(amy)).toEqual([second, first]);
  expect(await app.shown(cat)).toEqual([second, first]);
  await takeBack(app, bob, second);
  await deliverChanges(app);
  await deliverJobs(app, 'plans');
  expect(takeJobs(app, 'chunks', chunkJob)).toEqual([]);
  expect(await app.shown(amy)).toEqual([first]);
});

test('a merged actor that a returning reader was rebuilt with is not copied', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 1 } });
  await following(app, all([amy, cat]));
  const first = await post(app, bob);
  await settle(app);
  await read(app, amy);
  app.clock.advance(30 * dayMs);
  const second = await post(app, bob);
  await settle(app);
  expect(await read(app, amy)).toEqual([second, first]);
  await settle(app);
  await takeBack(app, bob, second);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
  expect(await app.shown(amy)).toEqual([first]);
});

test('a rebuild merges an actor although the word of it was lost', async () => {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  await app.progress.setFanOut(bob, { mode: 'merge', since: app.clock.now() });
  app.clock.advance(30 * dayMs);
  const ulid = await post(app, bob);
  expect(await read(app, amy)).toEqual([ulid]);
  expect(await stored(app, amy)).toEqual([]);
});

test('where actions stay, a merged actor stays until the follow ended', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 0, removeOnUnfollow: false } });
  await following(app, [[amy, bob]]);
  const before = await post(app, bob);
  await settle(app);
  await app.unfollow(amy, bob);
  app.clock.advance(secondMs);
  await post(app, bob);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before]);
});

test('a list of followers longer than one run goes on in a message of its own', async () => {
  const app = new TimelinesApp({ settings: { chunkSize: 1_000 } });
  const followers = many(5_600);
  for (const follower of followers) {
    await app.follows.commitFollow({
      follower,
      followed: bob,
      followId: app.newUlid(app.clock.now()),
      friendship: undefined,
      shards: { follower: 0, followed: 0 },
    });
  }
  await post(app, bob);
  await deliverChanges(app);
  const parts = app.parts();
  const reached: string[] = [];
  const sizes: number[] = [];
  const runs: (string | undefined)[] = [];
  for (
    let jobs = takeJobs(app, 'plans', planJob);
    jobs[0];
    jobs = takeJobs(app, 'plans', planJob)
  ) {
    const [job] = jobs;
    runs.push('after' in job ? job.after : undefined);
    // Grown beyond the limit meanwhile: what was begun by copying is finished so.
    parts.settings = { ...parts.settings, fanOutLimit: runs.length > 1 ? 0 : 10_000 };
    await plan(parts, job);
    for (const chunk of takeJobs(app, 'chunks', chunkJob)) {
      reached.push(...chunk.followers.map(([owner]) => owner));
      sizes.push(chunk.followers.length);
    }
  }
  expect(sizes).toEqual([1_000, 1_000, 500, 1_000, 1_000, 500, 600]);
  expect(reached.toSorted()).toEqual(followers.toSorted());
  expect(runs.map((after) => after !== undefined)).toEqual([false, true, true]);
  for (const after of runs.slice(1)) expect(ulidTime(after ?? '')).toBeLessThan(app.clock.now());
}, 30_000);
