import { expect, test } from '@jest/globals';
import { upkeepJob } from '../../../lambdas/timelines/contract.ts';
import type { UpkeepJob } from '../../../lambdas/timelines/contract.ts';
import { importActions } from '../../../lambdas/timelines/import-actions.ts';
import { upkeep } from '../../../lambdas/timelines/upkeep.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverDue, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { interrupted, takeJobs } from '../../support/in-memory-timelines-moments.ts';
import { amy, bob, cat, following, post, secondMs, stored, takeBack } from './acting.ts';

type Import = Extract<UpkeepJob, { kind: 'import' }>;

/** Amy has just begun to follow bob, who posted before; the import waits. `late`: no index lists it yet. */
async function importing(
  app: TimelinesApp,
  { late = false } = {},
): Promise<{ before: string; job: Import }> {
  const before = await post(app, bob);
  await settle(app);
  app.clock.advance(secondMs);
  if (late) app.follows.holdLists();
  await app.follow(amy, bob);
  const [job] = takeJobs(app, 'upkeep', upkeepJob);
  if (job?.kind !== 'import') throw new Error('no import was sent');
  return { before, job };
}

test.each([
  ['before it begins', { after: 'edge' }],
  ['before it writes', { before: 'writeCopies' }],
  ['after it has written', { after: 'writeCopies' }],
] as const)('an unfollow during an import, %s, leaves nothing behind', async (_when, moment) => {
  const app = new TimelinesApp();
  const { job } = await importing(app);
  const parts = app.parts();
  const unfollowed = async () => {
    await app.unfollow(amy, bob);
    for (const clean of takeJobs(app, 'upkeep', upkeepJob)) await upkeep(app.parts(), clean);
    expect(await app.shown(amy)).toEqual([]);
  };
  const interruptedParts =
    'after' in moment && moment.after === 'edge'
      ? { ...parts, follows: interrupted(parts.follows, { after: 'edge' }, unfollowed) }
      : {
          ...parts,
          privates: interrupted(
            app.privates,
            'before' in moment ? { before: 'writeCopies' } : { after: 'writeCopies' },
            unfollowed,
          ),
        };
  await importActions(interruptedParts, job);
  expect(await stored(app, amy)).toEqual([]);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
});

test('an action taken back during an import is not in the timeline in the end', async () => {
  const app = new TimelinesApp();
  const { before, job } = await importing(app);
  // The deletion's own fan-out passes before the copies are written.
  const privates = interrupted(app.privates, { before: 'writeCopies' }, async () => {
    await takeBack(app, bob, before);
    await deliverDue(app);
    await deliverJobs(app, 'chunks');
  });
  await importActions({ ...app.parts(), privates }, job);
  expect(await stored(app, amy)).toEqual([]);
});

test('an action posted during an import, when the planner does not see the follower yet, arrives', async () => {
  const app = new TimelinesApp();
  await following(app, [[cat, bob]]);
  const { before, job } = await importing(app, { late: true });
  let during = '';
  const privates = interrupted(app.privates, { before: 'writeCopies' }, async () => {
    during = await post(app, bob);
    await deliverDue(app);
    await deliverJobs(app, 'chunks');
  });
  await importActions({ ...app.parts(), privates }, job);
  expect(await app.shown(amy)).toEqual([before]);
  expect(await app.shown(cat)).toEqual([during, before]);
  await settle(app);
  expect(await app.shown(amy)).toEqual([during, before]);
});

test('an action posted at the moment of the follow arrives although the index was late', async () => {
  const app = new TimelinesApp();
  app.follows.holdLists();
  await app.follow(amy, bob);
  const posting = { ...app.parts(), now: app.clock.now };
  const row = {
    ulid: app.newUlid(posting.now()),
    actor: bob,
    verb: 'like',
    postedAt: posting.now(),
    self: false,
  };
  await deliverJobs(app, 'upkeep');
  await app.publics.add(row);
  await deliverDue(app);
  expect(await app.shown(amy)).toEqual([]);
  await settle(app);
  expect(await app.shown(amy)).toEqual([row.ulid]);
});

test('an action taken back before the index listed its new follower leaves that one too', async () => {
  const app = new TimelinesApp();
  const { before, job } = await importing(app, { late: true });
  await importActions(app.parts(), job);
  await takeBack(app, bob, before);
  await deliverDue(app);
  await deliverJobs(app, 'chunks');
  expect(await app.shown(amy)).toEqual([before]);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
});

test('following another during an import brings the actions of both', async () => {
  const app = new TimelinesApp();
  const other = await post(app, cat);
  const { before, job } = await importing(app);
  const privates = interrupted(app.privates, { before: 'writeCopies' }, async () => {
    await app.follow(amy, cat);
    await deliverJobs(app, 'upkeep');
  });
  await importActions({ ...app.parts(), privates }, job);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before, other]);
});

test('an import brings the newest that are still there, as many as are kept', async () => {
  const app = new TimelinesApp({ settings: { keep: 3 } });
  const ulids: string[] = [];
  for (let count = 0; count < 8; count += 1) ulids.push(await post(app, bob));
  for (const ulid of ulids.slice(4)) await takeBack(app, bob, ulid);
  await settle(app);
  app.clock.advance(secondMs);
  await following(app, [[amy, bob]]);
  expect(await app.shown(amy)).toEqual(ulids.slice(1, 4).toReversed());
});

test('an import that comes after the unfollow, or after a new follow, does nothing', async () => {
  const app = new TimelinesApp();
  const { before, job } = await importing(app);
  await app.unfollow(amy, bob);
  await importActions(app.parts(), job);
  expect(await stored(app, amy)).toEqual([]);
  app.clock.advance(secondMs);
  await app.follow(amy, bob);
  await importActions(app.parts(), job);
  expect(await stored(app, amy)).toEqual([]);
  await settle(app);
  expect(await app.shown(amy)).toEqual([before]);
});
