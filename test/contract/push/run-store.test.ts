import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes } from '../../../lambdas/push/contract.ts';
import type { WorkJob } from '../../../lambdas/push/contract.ts';
import type { Run } from '../../../lambdas/push/runs/run.ts';
import type { RunStore } from '../../../lambdas/push/runs/run-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { drainOf, newRun } from '../../support/push/sample-runs.ts';
import { storesInMemory, storesInTable } from '../../support/push/stores.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const jobOf = (run: Run, place: number): WorkJob => run.jobs[place] ?? drainOf(run.ulid, place);

/** An end that others follow on. */
const followedBy = (jobs: readonly WorkJob[]) => ({ next: jobs });

async function isRunning(runs: RunStore, { ulid }: Run): Promise<boolean> {
  return (await runs.running()).some((run) => run.ulid === ulid);
}

describe.each([
  ['the double in memory', (): RunStore => storesInMemory().runs],
  ['the table', (): RunStore => storesInTable(table).runs],
])('runs in %s', (_name, make) => {
  test('a run is made once, and is as it was made', async () => {
    const runs = make();
    const run = newRun({ kind: 'mass', rule: 'digest', args: ['2026-W47', ''] });
    expect(await runs.get(run.ulid)).toBeUndefined();
    await runs.create(run);
    await runs.create({ ...run, args: [], jobs: [] });
    expect(await runs.get(run.ulid)).toEqual(run);
    expect(await isRunning(runs, run)).toBe(true);
  });

  test('a run without anything to do is done from the start', async () => {
    const runs = make();
    const run = newRun({ state: 'done', lanes: 0, finishedMs: 5 });
    await runs.create(run);
    expect(await runs.get(run.ulid)).toEqual(run);
    expect(await isRunning(runs, run)).toBe(false);
  });

  test('runs are listed newest first, those that are running oldest first', async () => {
    const runs = make();
    const made = [newRun(), newRun({ state: 'done' }), newRun()];
    for (const run of made) await runs.create(run);
    const ulids = made.map(({ ulid }) => ulid);
    const first = await runs.list({ after: undefined, limit: 2 });
    expect(first.items.map(({ ulid }) => ulid)).toEqual([ulids[2], ulids[1]]);
    const [, , oldest] = ulids.toReversed();
    const rest = await runs.list({ after: first.after, limit: 1 });
    expect(rest.items.map(({ ulid }) => ulid)).toEqual([oldest]);
    const running = (await runs.running()).map(({ ulid }) => ulid);
    expect(running.filter((ulid) => ulids.includes(ulid))).toEqual([ulids[0], ulids[2]]);
  });

  test('what jobs do adds up', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const nowMs = run.startedMs + 5;
    await runs.progress(run.ulid, { counts: { selected: 3, pushed: 2 }, messages: ['a'] }, nowMs);
    await runs.progress(run.ulid, { counts: { pushed: 1, failed: 4 } }, nowMs);
    await runs.progress(run.ulid, { messages: ['b', 'c'] }, nowMs + 1);
    expect(await runs.get(run.ulid)).toEqual({
      ...run,
      counts: { selected: 3, pushed: 3, failed: 4 },
      messages: ['a', 'b', 'c'],
      aliveMs: nowMs + 1,
    });
  });

  test('of messages the newest stay, each of bounded length', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const many = Array.from({ length: 499 }, (_none, place) => `line ${String(place)}`);
    await runs.progress(run.ulid, { messages: many }, 1);
    await runs.progress(run.ulid, { messages: ['x'.repeat(1_001), 'y'.repeat(1_000)] }, 2);
    const { messages = [] } = (await runs.get(run.ulid)) ?? {};
    expect(messages).toHaveLength(500);
    expect(messages[0]).toBe('line 1');
    expect(messages.slice(-2)).toEqual([`${'x'.repeat(997)}...`, 'y'.repeat(1_000)]);
  });

  test('a run with the longest of everything is still stored, and goes on', async () => {
    const runs = make();
    const run = newRun({ args: Array.from({ length: 20 }, () => '€'.repeat(1_024)), lanes: 100 });
    await runs.create(run);
    const messages = Array.from({ length: 500 }, () => '€'.repeat(5_000));
    for (let round = 0; round < 3; round += 1) {
      await runs.progress(run.ulid, { messages: [...messages, `round ${String(round)}`] }, 1);
    }
    const stored = await runs.get(run.ulid);
    expect(stored?.messages.at(-1)).toBe('round 2');
    expect(stored?.messages.length).toBeGreaterThan(30);
  });

  test('the last job to end ends the run, and each counts once', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const [one, other] = [jobOf(run, 0), jobOf(run, 1)];
    const end = { counts: { pushed: 2 }, messages: ['end'] };
    await runs.endJob(run.ulid, one, end, run.startedMs + 7);
    await runs.endJob(run.ulid, one, end, run.startedMs + 8);
    expect(await runs.get(run.ulid)).toEqual({
      ...run,
      jobs: [other],
      counts: { selected: 0, pushed: 2, failed: 0 },
      messages: ['end'],
      aliveMs: run.startedMs + 7,
    });
    await runs.endJob(run.ulid, other, {}, run.startedMs + 9);
    const ended = await runs.get(run.ulid);
    expect(ended).toMatchObject({ state: 'done', finishedMs: run.startedMs + 9, jobs: [] });
    expect(await isRunning(runs, run)).toBe(false);
    await runs.endJob(run.ulid, other, { ...end, failed: true }, run.startedMs + 10);
    expect(await runs.get(run.ulid)).toEqual(ended);
  });

  test('a run has failed when one of its jobs has, though the last has not', async () => {
    const runs = make();
    const run = newRun({ lanes: 3 });
    await runs.create(run);
    await runs.endJob(run.ulid, jobOf(run, 0), {}, 1);
    await runs.endJob(run.ulid, jobOf(run, 1), { failed: true }, 2);
    expect(await runs.get(run.ulid)).toMatchObject({ state: 'running' });
    await runs.endJob(run.ulid, jobOf(run, 2), {}, 3);
    expect(await runs.get(run.ulid)).toMatchObject({ state: 'failed', finishedMs: 3 });
  });

  test('jobs that follow take the place of the one that ended', async () => {
    const runs = make();
    const run = newRun({ kind: 'mass', rule: 'digest' });
    const exporting: WorkJob = { kind: 'export', run: run.ulid };
    const sends = ['a', 'b'].map((target): WorkJob => ({ kind: 'send', run: run.ulid, target }));
    await runs.create({ ...run, jobs: [exporting] });
    await runs.endJob(run.ulid, exporting, followedBy(sends), 1);
    await runs.endJob(run.ulid, exporting, followedBy(sends), 1);
    const stored = await runs.get(run.ulid);
    expect(stored?.jobs).toEqual(sends);
    expect(stored?.state).toBe('running');
    const [first = exporting] = sends;
    await runs.endJob(run.ulid, first, { failed: true }, 2);
    await runs.endJob(run.ulid, first, followedBy(sends), 2);
    expect((await runs.get(run.ulid))?.jobs).toEqual(sends.slice(1));
  });

  test('a job of another order of words is the same job', async () => {
    const runs = make();
    const run = newRun({ lanes: 1 });
    await runs.create(run);
    const { kind, ...rest } = drainOf(run.ulid);
    const turned = Object.fromEntries(Object.entries({ kind, ...rest }).toReversed()) as WorkJob;
    await runs.endJob(run.ulid, turned, {}, 1);
    expect(await runs.get(run.ulid)).toMatchObject({ state: 'done' });
  });

  test('what comes after a run’s end, or for none, changes nothing and makes none', async () => {
    const runs = make();
    const run = newRun({ lanes: 1 });
    await runs.create(run);
    await runs.endJob(run.ulid, jobOf(run, 0), {}, run.startedMs + 1);
    const ended = await runs.get(run.ulid);
    const absent = newRun();
    for (const { ulid } of [run, absent]) {
      await runs.progress(ulid, { counts: { pushed: 1 }, messages: ['late'] }, run.startedMs + 2);
      await runs.alive(ulid, run.startedMs + 2);
      await runs.endJob(ulid, drainOf(ulid), { counts: { pushed: 1 } }, run.startedMs + 2);
    }
    expect(await runs.get(run.ulid)).toEqual(ended);
    expect(ended && (await runs.revive(ended, run.startedMs + 3))).toBe(false);
    expect(await runs.get(absent.ulid)).toBeUndefined();
    expect(await runs.revive(absent, 1)).toBe(false);
    expect(await runs.get(absent.ulid)).toBeUndefined();
  });

  test('a run is revived once for each silence', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const nowMs = run.startedMs + 100_000;
    // Nobody has begun it.
    expect(await runs.revive(run, nowMs)).toBe(true);
    expect(await runs.revive(run, nowMs + 1)).toBe(false);
    expect(await runs.get(run.ulid)).toEqual({ ...run, revivedMs: nowMs, revivals: 0 });
    const again = { ...run, revivedMs: nowMs };
    await runs.alive(run.ulid, nowMs + 5);
    expect(await runs.revive(again, nowMs + 90_000)).toBe(false);
    const begun = await runs.get(run.ulid);
    expect(begun).toMatchObject({ aliveMs: nowMs + 5, revivedMs: nowMs, revivals: 0 });
    expect(begun && (await runs.revive(begun, nowMs + 90_000))).toBe(true);
    expect(await runs.get(run.ulid)).toMatchObject({ revivedMs: nowMs + 90_000, revivals: 1 });
  });

  test('of ten that revive a run in the same millisecond, one does', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const nowMs = run.startedMs + 100_000;
    const revived = await Promise.all(Array.from({ length: 10 }, () => runs.revive(run, nowMs)));
    expect(revived.filter(Boolean)).toHaveLength(1);
    expect(await runs.get(run.ulid)).toMatchObject({ revivedMs: nowMs });
  });

  test('workers at the same moment lose nothing of each other', async () => {
    const runs = make();
    const run = newRun({ lanes: 8 });
    await runs.create(run);
    const nowMs = run.startedMs + 10;
    await Promise.all(
      run.jobs.flatMap((job, lane) => [
        runs.progress(run.ulid, { counts: { selected: 2, pushed: 1 } }, nowMs),
        runs.alive(run.ulid, nowMs + lane),
        (async () => {
          await runs.progress(run.ulid, { messages: [`lane ${String(lane)}`] }, nowMs);
          const failed = lane === 3;
          await runs.endJob(run.ulid, job, { counts: { failed: 1 }, failed }, nowMs + 100);
          await runs.endJob(run.ulid, job, { counts: { failed: 1 }, failed }, nowMs + 100);
        })(),
      ]),
    );
    const stored = await runs.get(run.ulid);
    expect(stored?.state).toBe('failed');
    expect(stored?.counts.failed).toBe(8);
    expect(stored?.messages.toSorted()).toEqual(
      run.jobs.map((_job, lane) => `lane ${String(lane)}`),
    );
  });

  test('counts of workers at the same moment add up while the run runs', async () => {
    const runs = make();
    const run = newRun();
    await runs.create(run);
    const counts = { selected: 25, pushed: 24, failed: 1 };
    await Promise.all(
      Array.from({ length: 16 }, () => runs.progress(run.ulid, { counts }, run.startedMs)),
    );
    expect((await runs.get(run.ulid))?.counts).toEqual({ selected: 400, pushed: 384, failed: 16 });
  });
});
