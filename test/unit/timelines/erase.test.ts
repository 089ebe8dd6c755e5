import { expect, test } from '@jest/globals';
import { upkeepJob } from '../../../lambdas/timelines/contract.ts';
import type { UpkeepJob } from '../../../lambdas/timelines/contract.ts';
import { erase } from '../../../lambdas/timelines/erase.ts';
import { notify } from '../../../lambdas/timelines/post-action.ts';
import type { Fault, FaultPlan } from '../../support/faulty.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { takeJobs } from '../../support/in-memory-timelines-moments.ts';
import {
  amy,
  bob,
  cat,
  erasureOf,
  following,
  minuteMs,
  post,
  read,
  secondMs,
  stored,
} from './acting.ts';

const forever = Number.POSITIVE_INFINITY;

/**
 * Bob has posted twice, gets what amy does, was followed by cat and followed cat, whose copies stay, and is named in a
 * notification that amy got; amy's own notification names cat.
 */
async function known() {
  const app = new TimelinesApp({ settings: { removeOnUnfollow: false } });
  await following(app, [
    [cat, bob],
    [bob, amy],
  ]);
  await post(app, bob);
  await post(app, bob);
  const byAmy = await post(app, amy);
  await settle(app);
  const posting = { idempotencyKey: undefined, scope: [] };
  const note = async (owner: string, actor: string) => {
    app.clock.advance(secondMs);
    return notify(app.parts(), owner, actor, { verb: 'like' }, posting);
  };
  await note(amy, bob);
  const stays = await note(amy, cat);
  await note(bob, cat);
  await app.privates.markRemoved(bob, byAmy);
  await app.privates.setReadMark(bob, app.clock.now(), false);
  const [copied, merged] = [app.newUlid(1), app.newUlid(2)];
  await app.privates.writeMerged([{ owner: bob, actor: cat, followId: merged, until: 5 }]);
  const byCat = { ulid: app.newUlid(3), actor: cat, verb: 'like' };
  await app.privates.writeCopies([{ owner: bob, followId: copied, ...byCat }]);
  for (const followId of [copied, merged]) await app.privates.keep(cat, { owner: bob, followId });
  await app.unfollow(cat, bob);
  await app.progress.setFanOut(bob, { mode: 'merge', since: 1 });
  await settle(app);
  app.clock.advance(secondMs);
  const job = erasureOf(app, bob);
  return { app, job, erasureId: job.erasureId, byAmy, stays: stays.ulid };
}

async function publicRows(app: TimelinesApp, actor: string): Promise<string[]> {
  const { rows } = await app.publics.read(actor, { order: 'asc', limit: 100 });
  return rows.flatMap((row) => (row.retracted ? [] : row.ulid));
}

function newestFirst(ulids: readonly string[]): string[] {
  return ulids.toSorted().toReversed();
}

/** Runs an erasure with the jobs that it sends, each as often as it takes. */
async function erased(app: TimelinesApp, first: UpkeepJob, faults?: FaultPlan): Promise<number> {
  let died = 0;
  let jobs = [first];
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    if (job.kind !== 'erase') throw new Error(`${job.kind} was sent`);
    try {
      await erase(app.parts(faults), job, forever);
    } catch {
      died += 1;
      jobs.unshift(job);
    }
    jobs = [...jobs, ...takeJobs(app, 'upkeep', upkeepJob)];
    if (died > 3) throw new Error('it dies again and again');
  }
  return died;
}

async function leftOf(app: TimelinesApp): Promise<unknown> {
  return {
    own: await publicRows(app, bob),
    timeline: await stored(app, bob),
    head: await app.privates.head(bob),
    kept: (await app.privates.kept(bob, { limit: 10 })).rows,
    keptByIt: (await app.privates.kept(cat, { limit: 10 })).rows,
    withCat: await stored(app, cat),
    named: await app.privates.notesBy(bob, { limit: 10 }),
    fanOut: await app.progress.fanOut(bob),
  };
}

const nothing = {
  own: [],
  timeline: [],
  head: { rebuildOwed: false, merged: [] },
  kept: [],
  keptByIt: [],
  withCat: [],
  named: [],
  fanOut: { mode: 'copy', since: 0 },
};

test('an erased resource leaves nothing, others keep what is theirs, and all is counted', async () => {
  const { app, job, erasureId, byAmy, stays } = await known();
  await erased(app, job);
  expect(await leftOf(app)).toEqual(nothing);
  expect(await app.shown(amy)).toEqual([stays, byAmy]);
  // Two own, two copies and a notification on its timeline, two copies with cat, one notification of it.
  expect(await app.progress.erasure(bob)).toEqual({ erasureId, removed: 8, done: true });
  await settle(app);
  expect(new Set(app.events.filter(({ type }) => type === 'action.deleted')).size).toBe(2);
});

test.each([
  ['before each call takes effect', 'refused'],
  ['after each call took effect', 'answer lost'],
] as const)('an erasure that dies %s is resumed and complete', async (_when, kind) => {
  const fault: Fault = { kind, error: new Error('died') };
  let dies = 0;
  for (let died = 1; died > 0;) {
    dies += 1;
    const { app, job, stays, byAmy } = await known();
    let calls = 0;
    died = await erased(app, job, () => {
      calls += 1;
      return calls === dies ? fault : undefined;
    });
    const { removed, done } = (await app.progress.erasure(bob)) ?? { removed: 0, done: false };
    expect(await leftOf(app)).toEqual(nothing);
    expect(await app.shown(amy)).toEqual([stays, byAmy]);
    expect(done).toBe(true);
    expect(removed).toBeLessThanOrEqual(8);
  }
  expect(dies).toBeGreaterThan(20);
});

test('a run out of time hands the rest on and goes on where work is left', async () => {
  const { app, job } = await known();
  let jobs: UpkeepJob[] = [job];
  let runs = 0;
  for (let next = jobs.shift(); next; next = jobs.shift()) {
    if (next.kind !== 'erase') throw new Error(`${next.kind} was sent`);
    await erase(app.parts(), next, 0);
    jobs = [...jobs, ...takeJobs(app, 'upkeep', upkeepJob)];
    runs += 1;
  }
  expect(runs).toBeGreaterThan(4);
  expect(await leftOf(app)).toEqual(nothing);
  expect((await app.progress.erasure(bob))?.removed).toBe(8);
});

test('a repeat after the end, and one of an earlier erasure, touch nothing of a new life', async () => {
  const { app, job } = await known();
  await erased(app, job);
  const again = await post(app, bob);
  await erased(app, job);
  await erased(app, { ...job, erasureId: app.newUlid(1) });
  await settle(app);
  expect(await app.shown(bob)).toEqual([again]);
  await erased(app, erasureOf(app, bob));
  expect(await app.shown(bob)).toEqual([]);
});

test('what an index listed too late is found by the second look, and only then it is done', async () => {
  const { app, job } = await known();
  await erase(app.parts(), job, forever);
  expect(await app.progress.erasure(bob)).toMatchObject({ removed: 8, done: false });
  const late = { ulid: app.newUlid(4), actor: bob, verb: 'like', postedAt: 4 };
  await app.privates.addNote(amy, late);
  await app.privates.setReadMark(bob, 5, false);
  const [second] = takeJobs(app, 'upkeep', upkeepJob);
  expect(second).toEqual({ ...job, pass: 2 });
  await erased(app, { ...job, pass: 2 });
  // No index lists the read mark: it is set anew.
  expect(await leftOf(app)).toEqual({ ...nothing, head: { ...nothing.head, readMark: 5 } });
  expect(await app.progress.erasure(bob)).toMatchObject({ removed: 9, done: true });
});

test.each([true, false])(
  'once follows have done their part nothing of it is shown, whatever is stored (removeOnUnfollow %s)',
  async (removeOnUnfollow) => {
    const app = new TimelinesApp({ settings: { removeOnUnfollow } });
    await following(app, [[amy, bob]]);
    const ulid = await post(app, bob);
    await settle(app);
    await app.unfollow(amy, bob, 'erased');
    expect(await stored(app, amy)).toEqual([`copy ${ulid}`]);
    expect(await app.shown(amy)).toEqual([]);
  },
);

test('what came after an erasure began stays, however late and often it runs', async () => {
  const { app, job, byAmy, stays } = await known();
  await app.unfollow(bob, amy, 'erased');
  const newlyPosted = await post(app, bob, { at: Date.parse(job.startedAt) - minuteMs });
  await following(app, [
    [cat, bob],
    [bob, amy],
  ]);
  const newNote = async (owner: string, actor: string) => {
    const action = { verb: 'like', at: Date.parse(job.startedAt) - minuteMs };
    const posting = { idempotencyKey: undefined, scope: [] };
    return (await notify(app.parts(), owner, actor, action, posting)).ulid;
  };
  const [toBob, ofBob] = [await newNote(bob, cat), await newNote(amy, bob)];
  const unwanted = await post(app, amy);
  await settle(app);
  await app.privates.markRemoved(bob, unwanted);
  const merged = app.newUlid(app.clock.now());
  await app.privates.writeMerged([{ owner: bob, actor: cat, followId: merged }]);
  const keptCopies = app.newUlid(app.clock.now());
  await app.privates.keep(cat, { owner: bob, followId: merged });
  await app.privates.keep(bob, { owner: cat, followId: keptCopies });
  await read(app, bob);
  await app.privates.setReadMark(bob, app.clock.now(), false);
  const head = await app.privates.head(bob);
  expect(head.lastReadAt).toBe(app.clock.now());

  const leftover = async () => ({
    public: await publicRows(app, bob),
    bob: await app.shown(bob),
    stored: (await stored(app, bob)).toSorted(),
    amy: await app.shown(amy),
    cat: await app.shown(cat),
    head: await app.privates.head(bob),
    kept: (await app.privates.kept(bob, { limit: 10 })).rows,
    keptByIt: (await app.privates.kept(cat, { limit: 10 })).rows,
  });
  const wanted = {
    public: [newlyPosted],
    bob: newestFirst([newlyPosted, toBob, byAmy]),
    stored: [
      `copy ${byAmy}`,
      `copy ${unwanted}`,
      `note ${toBob}`,
      `removed ${unwanted}`,
    ].toSorted(),
    amy: newestFirst([stays, byAmy, ofBob, unwanted]),
    cat: [newlyPosted],
    head: { ...head, merged: [{ actor: cat, followId: merged }] },
    kept: [{ owner: cat, followId: keptCopies }],
    keptByIt: [{ owner: bob, followId: merged }],
  };
  for (const late of [job, job, { ...job, pass: 2 as const }]) {
    await erase(app.parts(), late, forever);
    takeJobs(app, 'upkeep', upkeepJob);
    // What cat imported before goes in the second pass.
    const { cat: withCat, ...rest } = await leftover();
    expect({ ...rest, cat: late.pass === 2 ? withCat : wanted.cat }).toEqual(wanted);
  }
});
