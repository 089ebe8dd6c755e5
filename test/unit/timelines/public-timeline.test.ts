import { describe, expect, jest, test } from '@jest/globals';
import { ActionCatalogue } from '../../../lambdas/timelines/action-catalogue.ts';
import { countPublic, listPublic } from '../../../lambdas/timelines/public-timeline.ts';
import type { Order } from '../../../lambdas/timelines/timeline-store.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { bob, post, takeBack } from './acting.ts';

const verbs = ['like', 'comment', 'join'];

/** Bob's actions with various verbs and targets, oldest first; the last two were taken back. */
async function various() {
  const app = new TimelinesApp({ verbs });
  const ulids: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const target = [undefined, 'article:7', 'article:77', 'project:7'][at % 4];
    ulids.push(
      await post(app, bob, {
        verb: verbs[at % 3] ?? '',
        ...(target !== undefined && { target }),
      }),
    );
  }
  for (const ulid of ulids.slice(10)) await takeBack(app, bob, ulid);
  return { app, ulids };
}

async function walk(app: TimelinesApp, order: Order, filter: object, limit: number) {
  const pages: string[][] = [];
  let after: string | undefined;
  for (;;) {
    const options = { order, filter, limit, ...(after !== undefined && { after }) };
    const page = await listPublic(app.parts(), bob, options);
    pages.push(page.items.map(({ ulid }) => ulid));
    if (page.after === undefined) return pages;
    after = page.after;
  }
}

describe('a public timeline', () => {
  test.each<[Order, number]>([
    ['desc', 3],
    ['asc', 3],
    ['desc', 10],
    ['asc', 1],
  ])('%s by pages of %i gives each action once and no empty page', async (order, limit) => {
    const { app, ulids } = await various();
    const pages = await walk(app, order, {}, limit);
    const live = ulids.slice(0, 10);
    expect(pages.flat()).toEqual(order === 'asc' ? live : live.toReversed());
    expect(pages).toHaveLength(Math.ceil(10 / limit));
  });

  test.each<[string, object, (at: number) => boolean]>([
    ['verb', { verb: 'like' }, (at) => at % 3 === 0],
    ['type of target', { target: 'article' }, (at) => at % 4 === 1 || at % 4 === 2],
    ['target', { target: 'article:7' }, (at) => at % 4 === 1],
    ['verb and type', { verb: 'like', target: 'article' }, (at) => at % 12 === 6 || at % 12 === 9],
    ['verb and target', { verb: 'like', target: 'article:77' }, (at) => at % 12 === 6],
    ['an undeclared verb', { verb: 'sneeze' }, () => false],
    ['an undeclared verb and a target', { verb: 'sneeze', target: 'article:7' }, () => false],
  ])('is filtered by %s, in lists and counts', async (_by, filter, wanted) => {
    const { app, ulids } = await various();
    const found = ulids.slice(0, 10).filter((_, at) => wanted(at));
    expect((await walk(app, 'asc', filter, 2)).flat()).toEqual(found);
    expect((await walk(app, 'desc', filter, 1)).flat()).toEqual(found.toReversed());
    expect(await countPublic(app.parts(), bob, filter)).toEqual({
      count: found.length,
      capped: false,
    });
  });

  test('leaves out and logs an action whose verb is no longer declared', async () => {
    const { app, ulids } = await various();
    const warn = jest.spyOn(app.log, 'warn');
    const parts = {
      ...app.parts(),
      catalogue: new ActionCatalogue([{ verb: 'like', actor: 'user' }]),
    };
    const { items } = await listPublic(parts, bob, { order: 'asc', filter: {}, limit: 100 });
    const likes = ulids.slice(0, 10).filter((_, at) => at % 3 === 0);
    expect(items.map(({ ulid }) => ulid)).toEqual(likes);
    expect(warn).toHaveBeenCalledTimes(6);
    const seven = { target: 'article:7' };
    const target = await listPublic(parts, bob, { order: 'asc', filter: seven, limit: 100 });
    expect(target.items.map(({ verb }) => verb)).toEqual(['like']);
    expect(await countPublic(parts, bob, seven)).toEqual({ count: 1, capped: false });
    expect(await countPublic(parts, bob, {})).toEqual({ count: 4, capped: false });
  });

  test('a count is exact up to ten thousand, then capped, over all its parts', async () => {
    const app = new TimelinesApp({ verbs });
    const add = async (at: number) =>
      app.publics.add({
        ulid: app.newUlid(at),
        actor: bob,
        verb: verbs[at % 2] ?? '',
        postedAt: app.clock.now(),
        self: false,
      });
    for (let at = 0; at < 10_000; at += 1) await add(at);
    expect(await countPublic(app.parts(), bob, {})).toEqual({ count: 10_000, capped: false });
    await add(10_000);
    expect(await countPublic(app.parts(), bob, {})).toEqual({ count: 10_000, capped: true });
    expect(await countPublic(app.parts(), bob, { verb: 'like' })).toEqual({
      count: 5_001,
      capped: false,
    });
  });
});
