import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkQueue } from '../../../../lambdas/push/queue/check-queue.ts';
import { cleanDaily } from '../../../../lambdas/push/clean-daily.ts';
import { resetRow } from '../../../../lambdas/push/queue/reset-row.ts';
import { cleanQueue } from '../../../../lambdas/push/queue/clean-queue.ts';
import { cleanExport } from '../../../../lambdas/push/export/clean-export.ts';
import { pushSettings } from '../../../../lambdas/push/settings.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const day = 86_400_000;
const settings = pushSettings.parse({});
let world: WorkerScene;
beforeEach(() => {
  world = new WorkerScene({ rules: [sequential()], targets: [targetNamed('one')] });
});

const parts = () => ({ rows: world.rows, outbox: world.outbox, settings, now: world.time.now });
const pass = (ms: number) => world.time.run(world.time.sleep(ms));
const whole = { dryRun: false, after: undefined, limit: 100 };

/** A row that was pushed, and when. */
async function pushed(ref: string): Promise<string> {
  const ulid = await world.change(ref);
  const row = await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 1 }, run: 'r' });
  const outcome = { status: 'PUSHED', message: 'ok', attempts: [] } as const;
  await world.rows.finish(row!, outcome, world.time.now());
  return ulid;
}

describe('the check', () => {
  test.each([
    [600_000, 'ok'],
    [600_001, 'late'],
    [1_800_000, 'late'],
    [1_800_001, 'too-late'],
  ])('says of a push that has waited for %d ms: %s', async (ms, status) => {
    const ulid = await world.change('story:1');
    await pass(ms);
    await world.change('story:2');
    const check = await checkQueue(parts());
    expect(check).toMatchObject({ status, waiting: 2, oldestSeconds: ms / 1_000 });
    expect(check.oldest?.ulid).toBe(ulid);
  });

  test('counts from the reset of an old row, and looks behind it for one that waits longer', async () => {
    const old = await world.change('story:1');
    await world.rows.refuse(old, 'PUSH_ERROR', 'no');
    await pass(day);
    const pace = { now: world.time.now, sleep: world.time.sleep, random: () => 0.5, patienceMs: 0 };
    await pass(100_000);
    const waiting = await world.change('story:2');
    await pass(50_000);
    await resetRow({ rows: world.rows, pace }, old);
    await pass(10_000);
    const check = await checkQueue(parts());
    expect(check).toMatchObject({ status: 'ok', waiting: 2, oldestSeconds: 60 });
    expect(check.oldest?.ulid).toBe(waiting);
    await world.rows.refuse(waiting, 'PUSH_ERROR', 'no');
    expect(await checkQueue(parts())).toMatchObject({ oldestSeconds: 10, oldest: { ulid: old } });
  });

  test('is fine when nothing waits', async () => {
    await pushed('story:1');
    await pass(day);
    expect(await checkQueue(parts())).toEqual({
      status: 'ok',
      oldest: undefined,
      oldestSeconds: 0,
      waiting: 0,
    });
  });

  test('does not believe an index that is behind', async () => {
    const taken: string[] = [];
    for (let index = 0; index < 15; index++)
      taken.push(await world.change(`story:${String(index)}`));
    const shown = await world.rows.oldest('NEW', {}, { after: undefined, limit: 100 });
    for (const ulid of taken)
      await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 1 }, run: 'r' });
    await pass(2_000_000);
    const rows = {
      get: world.rows.get.bind(world.rows),
      count: world.rows.count.bind(world.rows),
      oldest: (_status: unknown, _filter: unknown, page: { after: string | undefined }) =>
        Promise.resolve(
          page.after === undefined
            ? { items: shown.items.slice(0, 10), after: shown.items[9]!.ulid }
            : { items: shown.items.slice(10), after: undefined },
        ),
    };
    expect(await checkQueue({ ...parts(), rows })).toMatchObject({
      status: 'ok',
      oldest: undefined,
    });
  });
});

describe('cleaning the queue', () => {
  test('takes what was pushed at or before 30 days ago, and nothing else', async () => {
    const old = await pushed('story:1');
    const failed = await world.change('story:3');
    await world.rows.refuse(failed, 'PUSH_ERROR', 'no');
    const waiting = await world.change('story:4');
    await pass(1);
    const younger = await pushed('story:2');
    await pass(30 * day - 1);
    const { candidates, deleted, after } = await cleanQueue(parts(), whole);
    expect(candidates.map(({ ulid }) => ulid)).toEqual([old]);
    expect([deleted, after]).toEqual([1, undefined]);
    expect(await world.rows.get(old)).toBeUndefined();
    for (const ulid of [failed, waiting, younger]) expect(await world.rows.get(ulid)).toBeDefined();
  });

  test('goes by the last attempt, not by the making', async () => {
    const ulid = await world.change('story:1');
    await pass(10 * day);
    const row = await world.rows.claim(ulid, { claim: { lane: 'x', epoch: 1 }, run: 'r' });
    await world.rows.finish(
      row!,
      { status: 'PUSHED', message: '', attempts: [] },
      world.time.now(),
    );
    await pass(29 * day);
    expect((await cleanQueue(parts(), whole)).deleted).toBe(0);
    await pass(day);
    expect((await cleanQueue(parts(), whole)).deleted).toBe(1);
  });

  test('on trial says what would go, and takes nothing', async () => {
    const old = await pushed('story:1');
    await pass(30 * day);
    const { candidates, deleted } = await cleanQueue(parts(), { ...whole, dryRun: true });
    expect(candidates.map(({ ulid }) => ulid)).toEqual([old]);
    expect(deleted).toBe(0);
    expect(await world.rows.get(old)).toBeDefined();
  });

  test('leaves a row that is no longer as it was read', async () => {
    const old = await pushed('story:1');
    await pass(30 * day);
    const rows = {
      oldest: world.rows.oldest.bind(world.rows),
      remove: world.rows.remove.bind(world.rows),
      get: async (ulid: string) => {
        const row = await world.rows.get(ulid);
        await world.rows.renew(row!);
        return row;
      },
    };
    expect(await cleanQueue({ ...parts(), rows }, whole)).toMatchObject({
      deleted: 0,
      candidates: [],
    });
    expect((await world.row(old)).status).toBe('NEW');
  });

  test('goes on part by part', async () => {
    for (let index = 0; index < 5; index++) await pushed(`story:${String(index)}`);
    await pass(30 * day);
    const seen: string[] = [];
    let after: string | undefined;
    let calls = 0;
    do {
      const part = await cleanQueue(parts(), { dryRun: false, after, limit: 2 });
      seen.push(...part.candidates.map(({ content }) => content));
      after = part.after;
      calls += 1;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(5);
    expect(calls).toBe(3);
    expect(await world.allRows()).toEqual([]);
  });
});

describe('cleaning the exports', () => {
  test('takes files of at or before 30 days ago; on trial it says which', async () => {
    await world.outbox.put('stories/outbox/a/1.xml', Buffer.from('abc'));
    await pass(1);
    await world.outbox.put('stories/outbox/b/1.xml', Buffer.from('abc'));
    await pass(30 * day - 1);
    const trial = await cleanExport(parts(), { ...whole, dryRun: true });
    expect(trial).toMatchObject({
      candidates: [{ key: 'stories/outbox/a/1.xml', size: 3 }],
      deleted: 0,
    });
    expect(world.outbox.files.size).toBe(2);
    expect((await cleanExport(parts(), whole)).deleted).toBe(1);
    expect([...world.outbox.files.keys()]).toEqual(['stories/outbox/b/1.xml']);
  });
});

describe('the daily cleaning', () => {
  beforeEach(async () => {
    for (let index = 0; index < 1_200; index++) {
      await world.outbox.put(`stories/outbox/${String(index)}.xml`, Buffer.from('x'));
    }
    await pushed('story:1');
    await pass(31 * day);
  });

  test('goes on until nothing old is left', async () => {
    expect(await cleanDaily(parts(), world.time.now() + 1)).toEqual({ rows: 1, files: 1_200 });
    expect(world.outbox.files.size).toBe(0);
  });

  test('leaves the rest when its time is over', async () => {
    expect(await cleanDaily(parts(), world.time.now())).toEqual({ rows: 1, files: 500 });
  });
});
