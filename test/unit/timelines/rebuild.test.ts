import { expect, test } from '@jest/globals';
import { upkeepJob } from '../../../lambdas/timelines/contract.ts';
import { readTimeline } from '../../../lambdas/timelines/read-timeline.ts';
import { rebuildAndGoOn } from '../../../lambdas/timelines/rebuild.ts';
import { chunkJob } from '../../../lambdas/timelines/contract.ts';
import { runChunk } from '../../../lambdas/timelines/fan-out-chunk.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { deliverChanges, deliverJobs, settle } from '../../support/in-memory-timelines-delivery.ts';
import { interrupted, takeJobs } from '../../support/in-memory-timelines-moments.ts';
import type { FaultPlan } from '../../support/faulty.ts';
import { amy, bob, cat, dayMs, following, post, read, stored, takeBack } from './acting.ts';

/** Amy follows bob and cat and was away for long, while both posted. */
async function away() {
  const app = new TimelinesApp();
  await following(app, [
    [amy, bob],
    [amy, cat],
  ]);
  const seen = await post(app, bob);
  await settle(app);
  await read(app, amy);
  app.clock.advance(22 * dayMs);
  const missed = [await post(app, bob), await post(app, cat), await post(app, bob)];
  await settle(app);
  return { app, wanted: [seen, ...missed].toReversed(), seen, missed };
}

test('what a reader missed is there at its next read', async () => {
  const { app, wanted, seen } = await away();
  expect(await stored(app, amy)).toEqual([`copy ${seen}`]);
  expect(await read(app, amy)).toEqual(wanted);
  expect((await app.privates.head(amy)).rebuildOwed).toBe(false);
  expect((await stored(app, amy)).length).toBe(wanted.length);
});

test('one who never read anything gets it at the first read too', async () => {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  app.clock.advance(22 * dayMs);
  const ulid = await post(app, bob);
  await settle(app);
  expect(await stored(app, amy)).toEqual([]);
  expect(await read(app, amy)).toEqual([ulid]);
});

test('one who returns at the very moment of a post gets it by fan-out or by the rebuild', async () => {
  for (const moment of [{ before: 'lastReads' }, { after: 'lastReads' }] as const) {
    const { app, wanted } = await away();
    const ulid = await post(app, bob);
    await deliverChanges(app);
    await deliverJobs(app, 'plans');
    const [chunk] = takeJobs(app, 'chunks', chunkJob);
    if (!chunk) throw new Error('nothing was planned');
    const privates = interrupted(app.privates, moment, async () => read(app, amy));
    await runChunk({ ...app.parts(), privates }, chunk);
    expect(await app.shown(amy)).toEqual([ulid, ...wanted]);
  }
});

test('what is posted while a timeline is rebuilt is in it', async () => {
  const { app, wanted } = await away();
  let during = '';
  const privates = interrupted(app.privates, { before: 'writeCopies' }, async () => {
    during = await post(app, bob);
    await settle(app);
  });
  await readTimeline({ ...app.parts(), privates }, amy);
  expect(await app.shown(amy)).toEqual([during, ...wanted]);
});

test('what is taken back while a timeline is rebuilt is not in it', async () => {
  const { app, wanted, missed } = await away();
  const [gone = ''] = missed;
  const privates = interrupted(app.privates, { before: 'writeCopies' }, async () => {
    await takeBack(app, bob, gone);
    await settle(app);
  });
  await readTimeline({ ...app.parts(), privates }, amy);
  expect(await app.shown(amy)).toEqual(wanted.filter((ulid) => ulid !== gone));
});

test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
  'a rebuild whose reader dies at call %i is done at the next read',
  async (dies) => {
    const { app, wanted } = await away();
    let calls = 0;
    const plan: FaultPlan = ({ method }) => {
      // The daily trim that a read asks for is none of the rebuild's business.
      if (method === 'send') return undefined;
      calls += 1;
      return calls === dies ? { kind: 'answer lost', error: new Error('died') } : undefined;
    };
    await expect(readTimeline(app.parts(plan), amy)).rejects.toThrow('died');
    expect(await read(app, amy)).toEqual(wanted);
    expect((await app.privates.head(amy)).rebuildOwed).toBe(false);
  },
);

test('a rebuild longer than its reader waits goes on as jobs, each of which gets further', async () => {
  const app = new TimelinesApp();
  const actors = Array.from({ length: 45 }, (_, at) => `user:a${at}`);
  await following(
    app,
    actors.map((actor) => [amy, actor]),
  );
  app.clock.advance(22 * dayMs);
  const posted: string[] = [];
  for (const actor of actors) posted.push(await post(app, actor));
  await settle(app);
  await app.privates.touch(amy, app.clock.now(), true);
  const afters: (string | undefined)[] = [];
  await rebuildAndGoOn(app.parts(), { owner: amy }, 0);
  for (;;) {
    const [job] = takeJobs(app, 'upkeep', upkeepJob);
    if (job?.kind !== 'rebuild') break;
    afters.push(job.after);
    expect((await app.privates.head(amy)).rebuildOwed).toBe(true);
    await rebuildAndGoOn(app.parts(), job, 0);
  }
  expect(new Set(afters).size).toBe(afters.length);
  expect(afters.length).toBeGreaterThanOrEqual(4);
  expect(await app.shown(amy)).toEqual(posted.toReversed());
  expect((await app.privates.head(amy)).rebuildOwed).toBe(false);
});

test('a rebuild that is not owed any more is not done again', async () => {
  const { app } = await away();
  app.queues.upkeep.send(JSON.stringify({ kind: 'rebuild', owner: amy }));
  await deliverJobs(app, 'upkeep');
  expect(app.queues.upkeep.messages()).toEqual([]);
  expect((await stored(app, amy)).length).toBe(1);
});
