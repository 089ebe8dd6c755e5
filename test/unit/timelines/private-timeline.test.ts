import { describe, expect, jest, test } from '@jest/globals';
import { ActionCatalogue } from '../../../lambdas/timelines/action-catalogue.ts';
import { PrivateTimeline } from '../../../lambdas/timelines/private-timeline.ts';
import type { PrivatePosition } from '../../../lambdas/timelines/private-timeline.ts';
import type { Order } from '../../../lambdas/timelines/timeline-store.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { amy, bob, cat, following, minuteMs, post } from './acting.ts';

const verbs = ['like', 'comment'];
const everything = { order: 'desc', filter: {}, limit: 100 } as const;

/** Amy's own, bob's copied and cat's merged actions in turn, with various targets; oldest first. */
async function mixed(keep = 1_000) {
  const app = new TimelinesApp({ verbs, settings: { keep } });
  await following(app, [
    [amy, bob],
    [amy, cat],
  ]);
  const [, viaCat] = app.spans;
  await app.progress.setFanOut(cat, { mode: 'merge', since: 0 });
  await app.privates.writeMerged([{ owner: amy, actor: cat, followId: viaCat?.followId ?? '' }]);
  const ulids: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const target = [undefined, 'article:7', 'article:77', 'project:7'][at % 4];
    const verb = at % 2 === 0 ? 'like' : 'comment';
    const actor = [amy, bob, cat][at % 3] ?? amy;
    ulids.push(await post(app, actor, { verb, ...(target !== undefined && { target }) }));
  }
  await app.progress.setFanOut(cat, { mode: 'copy', since: 0 });
  await settle(app);
  return { app, ulids };
}

/** All pages of a list. */
async function walk(timeline: PrivateTimeline, order: Order, filter: object, limit: number) {
  const pages: string[][] = [];
  let from: PrivatePosition | undefined;
  for (;;) {
    const { items, next } = await timeline.list({ order, filter, limit, ...(from && { from }) });
    pages.push(items.map(({ ulid }) => ulid));
    if (!next) return pages;
    from = next;
  }
}

describe('a list', () => {
  test.each<[Order, number]>([
    ['desc', 1],
    ['desc', 5],
    ['desc', 12],
    ['asc', 5],
    ['asc', 1],
  ])('%s by pages of %i gives each action once and no empty page', async (order, limit) => {
    const { app, ulids } = await mixed();
    const pages = await walk(await app.look(amy), order, {}, limit);
    expect(pages.flat()).toEqual(order === 'asc' ? ulids : ulids.toReversed());
    expect(pages).toHaveLength(Math.ceil(12 / limit));
  });

  test('ends after the newest that are kept, in either order and with a filter', async () => {
    const { app, ulids } = await mixed(5);
    const timeline = await app.look(amy);
    const kept = ulids.slice(-5);
    expect((await walk(timeline, 'desc', {}, 2)).flat()).toEqual(kept.toReversed());
    expect((await walk(timeline, 'asc', {}, 2)).flat()).toEqual(kept);
    const comments = kept.filter((ulid) => ulids.indexOf(ulid) % 2 === 1);
    expect((await walk(timeline, 'asc', { verb: 'comment' }, 1)).flat()).toEqual(comments);
    expect((await walk(timeline, 'desc', { verb: 'comment' }, 1)).flat()).toEqual(
      comments.toReversed(),
    );
    expect(await timeline.count({})).toEqual({ count: 5, capped: false });
  });

  test.each<[string, object, (at: number) => boolean]>([
    ['verb', { verb: 'comment' }, (at) => at % 2 === 1],
    ['type of target', { target: 'article' }, (at) => at % 4 === 1 || at % 4 === 2],
    ['target', { target: 'article:7' }, (at) => at % 4 === 1],
    ['verb and target', { verb: 'like', target: 'article' }, (at) => at % 4 === 2],
    ['what nothing matches', { verb: 'like', target: 'article:7' }, () => false],
  ])('and a count are filtered by %s', async (_by, filter, wanted) => {
    const { app, ulids } = await mixed();
    const timeline = await app.look(amy);
    const found = ulids.filter((_, at) => wanted(at));
    expect((await walk(timeline, 'asc', filter, 2)).flat()).toEqual(found);
    expect(await timeline.count(filter)).toEqual({ count: found.length, capped: false });
    expect(await timeline.countUnread(filter)).toEqual({ count: found.length, capped: false });
  });

  test('leaves out what the owner removed, own actions too, from this timeline alone', async () => {
    const { app, ulids } = await mixed();
    for (const ulid of ulids.slice(0, 3)) await app.privates.markRemoved(amy, ulid);
    expect(await app.shown(amy)).toEqual(ulids.slice(3).toReversed());
    expect(await app.shown(cat)).toContain(ulids[2]);
    expect(await (await app.look(amy)).find(ulids[1] ?? '')).toBeUndefined();
    expect(await (await app.look(amy)).find(ulids[4] ?? '')).toMatchObject({ actor: bob });
    expect(await (await app.look(amy)).find(app.newUlid(5))).toBeUndefined();
  });

  test('leaves out and logs an action whose verb is no longer declared', async () => {
    const { app, ulids } = await mixed();
    const warn = jest.spyOn(app.log, 'warn');
    const timeline = new PrivateTimeline(
      { ...app.parts(), catalogue: new ActionCatalogue([{ verb: 'like', actor: 'user' }]) },
      amy,
      await app.privates.head(amy),
      new Set(),
    );
    const likes = ulids.filter((_, at) => at % 2 === 0);
    const { items } = await timeline.list(everything);
    expect(items.map(({ ulid }) => ulid)).toEqual(likes.toReversed());
    expect(warn).toHaveBeenCalledWith('action left out: its verb is not declared', {
      action: ulids[11],
      verb: 'comment',
    });
    expect(await timeline.count({})).toEqual({ count: 6, capped: false });
  });
});

/** Whether each is read, oldest first. */
async function readOf(timeline: PrivateTimeline): Promise<boolean[]> {
  const { items } = await timeline.list({ ...everything, order: 'asc' });
  return items.map(({ read }) => read);
}

describe('read and unread', () => {
  test('begin at the mark, inclusive; what lies in the future is neither', async () => {
    const app = new TimelinesApp();
    const nowMs = app.clock.now() + 10 * minuteMs;
    app.clock.advanceTo(nowMs);
    const ulids: string[] = [];
    const times = [-2 * minuteMs, -minuteMs, 0, minuteMs].map((offset) => nowMs + offset);
    for (const at of times) ulids.push(await post(app, amy, { at }));
    const timelineAt = async (readMark?: number) => {
      if (readMark !== undefined) await app.privates.setReadMark(amy, readMark, true);
      return app.look(amy);
    };

    const never = await timelineAt();
    expect(await never.countUnread({})).toEqual({ count: 3, capped: false });
    expect(await readOf(never)).toEqual([false, false, false, false]);
    const marked = await timelineAt(times[1]);
    expect(await marked.countUnread({})).toEqual({ count: 2, capped: false });
    expect(await readOf(marked)).toEqual([true, false, false, false]);
    const ahead = await timelineAt(nowMs + 5 * minuteMs);
    expect(await ahead.countUnread({})).toEqual({ count: 0, capped: false });
    expect(await readOf(ahead)).toEqual([true, true, true, false]);
    expect(await ahead.count({})).toEqual({ count: 4, capped: false });
  });
});

test('a count beyond ten thousand says so', async () => {
  const app = new TimelinesApp({ settings: { keep: 20_000 } });
  const copies = Array.from({ length: 10_001 }, (_, at) => ({
    owner: amy,
    followId: app.newUlid(1),
    ulid: app.newUlid(at),
    actor: bob,
    verb: 'like',
  }));
  await app.privates.writeCopies(copies);
  expect(await (await app.look(amy)).count({})).toEqual({ count: 10_000, capped: true });
  await app.privates.deleteCopies(copies.slice(0, 1));
  expect(await (await app.look(amy)).count({})).toEqual({ count: 10_000, capped: false });
}, 30_000);
