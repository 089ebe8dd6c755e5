import { expect, test } from '@jest/globals';
import { chunkJob } from '../../../lambdas/timelines/contract.ts';
import { runChunk } from '../../../lambdas/timelines/fan-out-chunk.ts';
import type { ChunkParts } from '../../../lambdas/timelines/fan-out-chunk.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverChanges, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { interrupted, takeJobs } from '../../support/in-memory-timelines-moments.ts';
import {
  amy,
  bob,
  cat,
  dayMs,
  following,
  minuteMs,
  post,
  secondMs,
  stored,
  takeBack,
} from './acting.ts';

/** What the planner sends for all that was posted or taken back until now. */
async function plannedChunks(app: TimelinesApp) {
  await deliverChanges(app);
  while (app.queues.plans.messages().length > 0) await deliverJobs(app, 'plans');
  return takeJobs(app, 'chunks', chunkJob);
}

/** Amy follows bob, who has just posted; its chunk waits. */
async function underWay() {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  const ulid = await post(app, bob);
  const [chunk] = await plannedChunks(app);
  if (!chunk) throw new Error('nothing was planned');
  return { app, ulid, chunk };
}

test('a chunk that comes after the removal has passed leaves nothing behind', async () => {
  const { app, ulid, chunk } = await underWay();
  await takeBack(app, bob, ulid);
  const [removal] = await plannedChunks(app);
  if (!removal) throw new Error('no removal was planned');
  await runChunk(app.parts(), removal);
  await runChunk(app.parts(), chunk);
  expect(await stored(app, amy)).toEqual([]);
});

test.each(['before', 'after'] as const)(
  'an action taken back just %s its copies are written is gone in the end',
  async (moment) => {
    const { app, ulid, chunk } = await underWay();
    const parts = app.parts();
    const privates = interrupted(
      app.privates,
      moment === 'before' ? { before: 'writeCopies' } : { after: 'writeCopies' },
      async () => {
        await takeBack(app, bob, ulid);
        for (const removal of await plannedChunks(app)) await runChunk(parts, removal);
      },
    );
    await runChunk({ ...parts, privates }, chunk);
    expect(await stored(app, amy)).toEqual([]);
  },
);

test('an action taken back before it was planned is not fanned out', async () => {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  await takeBack(app, bob, await post(app, bob));
  expect((await plannedChunks(app)).map(({ kind }) => kind)).toEqual(['remove']);
});

test('a young chunk after an unfollow is hidden at once and cleaned behind', async () => {
  const { app, ulid, chunk } = await underWay();
  await app.unfollow(amy, bob);
  await deliverJobs(app, 'upkeep');
  app.clock.advance(9 * minuteMs);
  await runChunk(app.parts(), chunk);
  expect(await stored(app, amy)).toEqual([`copy ${ulid}`]);
  expect(await app.shown(amy)).toEqual([]);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
});

test('a chunk older than ten minutes writes nothing for a follow that has ended', async () => {
  const { app, ulid, chunk } = await underWay();
  await following(app, [[cat, bob]]);
  await app.unfollow(amy, bob);
  await settle(app);
  app.clock.advance(10 * minuteMs);
  await runChunk(app.parts(), chunk);
  expect(await stored(app, amy)).toEqual([]);
  expect(await stored(app, cat)).toEqual([`copy ${ulid}`]);
});

test('a chunk of a merge is hidden and cleaned like one of copies', async () => {
  const app = new TimelinesApp({ settings: { fanOutLimit: 0 } });
  await following(app, [[amy, bob]]);
  const ulid = await post(app, bob);
  const [chunk] = await plannedChunks(app);
  if (chunk?.kind !== 'merge') throw new Error('no merge was planned');
  await runChunk(app.parts(), chunk);
  expect(await app.shown(amy)).toEqual([ulid]);
  await app.unfollow(amy, bob);
  expect(await app.shown(amy)).toEqual([]);
  await deliverJobs(app, 'upkeep');
  await runChunk(app.parts(), chunk);
  expect(await app.shown(amy)).toEqual([]);
  await settle(app);
  expect((await app.privates.head(amy)).merged).toEqual([]);
  await runChunk(app.parts(), chunk);
  expect((await app.privates.head(amy)).merged).toEqual([]);
});

test('following again while old chunks are under way shows everything once', async () => {
  const { app, ulid, chunk } = await underWay();
  await app.unfollow(amy, bob);
  app.clock.advance(secondMs);
  await app.follow(amy, bob);
  await deliverJobs(app, 'upkeep');
  await runChunk(app.parts(), chunk);
  expect(await stored(app, amy)).toEqual([`copy ${ulid}`, `copy ${ulid}`]);
  expect(await app.shown(amy)).toEqual([ulid]);
  await settle(app);
  expect(await stored(app, amy)).toEqual([`copy ${ulid}`]);
  expect(await app.shown(amy)).toEqual([ulid]);
});

test('everything delivered twice is there once', async () => {
  const app = new TimelinesApp();
  await following(app, [
    [amy, bob],
    [cat, bob],
  ]);
  const gone = await post(app, bob);
  const ulid = await post(app, bob);
  const twice = async (name: 'plans' | 'chunks' | 'upkeep') => {
    await deliverJobs(app, name, { keep: true });
    app.clock.advance(7 * minuteMs);
    await deliverJobs(app, name);
  };
  const changes = [...app.changes];
  await deliverChanges(app);
  app.changes.unshift(...changes);
  await deliverChanges(app);
  await twice('plans');
  await twice('chunks');
  await takeBack(app, bob, gone);
  await deliverChanges(app);
  await twice('plans');
  await twice('chunks');
  for (const owner of [amy, cat]) {
    expect(await app.shown(owner)).toEqual([ulid]);
    expect(await stored(app, owner)).toEqual([`copy ${ulid}`]);
  }
  expect(new Set(app.events.map(({ id }) => id)).size).toBe(3);
  expect(app.events.length).toBeGreaterThan(3);
});

test('who follows after the post gets it by import alone, or not at all', async () => {
  for (const importOnFollow of [true, false]) {
    const app = new TimelinesApp({ settings: { importOnFollow } });
    await following(app, [[cat, bob]]);
    const ulid = await post(app, bob);
    app.clock.advance(secondMs);
    await app.follow(amy, bob);
    await settle(app);
    expect(await app.shown(cat)).toEqual([ulid]);
    expect(await app.shown(amy)).toEqual(importOnFollow ? [ulid] : []);
  }
});

test('an action for the actor alone reaches nobody but later followers', async () => {
  const app = new TimelinesApp();
  await following(app, [[cat, bob]]);
  const ulid = await post(app, bob, { self: true });
  await settle(app);
  app.clock.advance(secondMs);
  await following(app, [[amy, bob]]);
  expect(await app.shown(bob)).toEqual([ulid]);
  expect(await app.shown(cat)).toEqual([]);
  expect(await app.shown(amy)).toEqual([ulid]);
});

test('followers away for three weeks are skipped, by the hour', async () => {
  const app = new TimelinesApp();
  await following(app, [
    [amy, bob],
    [cat, bob],
  ]);
  const startMs = app.clock.now();
  await app.privates.touch(amy, startMs, false);
  await app.privates.touch(cat, startMs + 2 * 60 * minuteMs, false);
  app.clock.advanceTo(startMs + 21 * dayMs + 60 * minuteMs + 2 * secondMs);
  const ulid = await post(app, bob);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
  expect(await stored(app, cat)).toEqual([`copy ${ulid}`]);
});

test('a follower who seems away by a read that lags is asked for again before it is skipped', async () => {
  const { app, ulid, chunk } = await underWay();
  app.clock.advance(30 * dayMs);
  await app.privates.touch(amy, app.clock.now(), true);
  const parts = app.parts();
  const { privates } = app;
  const lagging: ChunkParts['privates'] = {
    deleteCopies: async (copies) => privates.deleteCopies(copies),
    writeCopies: async (copies) => privates.writeCopies(copies),
    writeMerged: async (merged) => privates.writeMerged(merged),
    lastReads: async (owners, consistent) =>
      consistent ? privates.lastReads(owners) : owners.map(() => 0),
  };
  await runChunk({ ...parts, privates: lagging }, chunk);
  expect(await stored(app, amy)).toEqual([`copy ${ulid}`]);
});
