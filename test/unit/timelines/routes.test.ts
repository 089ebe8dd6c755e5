import { beforeEach, describe, expect, test } from '@jest/globals';
import { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../../lambdas/shared/http/cursor.ts';
import { rfc3339 } from '../../../lambdas/shared/identifier.ts';
import { timelineRoutes } from '../../../lambdas/timelines/routes.ts';
import { apiCall } from '../../support/api-call.ts';
import type { ApiAnswer, ApiCall } from '../../support/api-call.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { amy, bob, following, minuteMs } from './acting.ts';

let app: TimelinesApp;
let call: (one: ApiCall) => Promise<ApiAnswer>;
beforeEach(() => {
  app = new TimelinesApp({ verbs: ['like', 'comment'] });
  const cursors = signedCursors(() => Promise.resolve(Buffer.from('a key of the test')));
  const routes = timelineRoutes({ ...app.parts(), cursors });
  const handler = apiHandler({ routes, log: app.log, userType: 'user' });
  call = async (one) => apiCall(handler, one);
});

const own = (name: string) => `/v1/resources/user:${name}`;
const as = (sub: string) => ({ sub });
const root = { sub: 'root', admin: true };
const idOf = ({ body }: ApiAnswer) => (body as { id: string }).id;
const idsOf = ({ body }: ApiAnswer) =>
  (body as { items: { id: string }[] }).items.map(({ id }) => id);
const postOf = async (name: string, body: object, headers: Record<string, string> = {}) =>
  call({ method: 'POST', url: `${own(name)}/actions`, ...as(name), body, headers });

const timeline = (name: string, query = '') => ({
  method: 'GET',
  url: `${own(name)}/timelines/private${query}`,
});
const publicsOfBob = async (query: string) =>
  call({ method: 'GET', url: `${own('bob')}/timelines/public${query}`, ...as('amy') });

describe('actions', () => {
  test('a post answers the action, and the same again for the same key', async () => {
    const body = {
      verb: 'like',
      target: 'article:7',
      data: { n: 1 },
      at: '2026-01-01T01:00:00+01:00',
    };
    const headers = { 'idempotency-key': 'k' };
    const first = await postOf('bob', body, headers);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^act_/),
      actor: bob,
      verb: 'like',
      target: 'article:7',
      data: { n: 1 },
      at: '2026-01-01T00:00:00.000Z',
    });
    expect((await postOf('bob', body, headers)).body).toEqual(first.body);
    expect((await postOf('bob', { ...body, data: { n: 2 } }, headers)).status).toBe(409);
    expect((await postOf('bob', { ...body, audience: 'self' }, headers)).status).toBe(409);
  });

  test('one is taken back by its actor or admin, once', async () => {
    const id = idOf(await postOf('bob', { verb: 'like' }));
    const remove = async (one: Partial<ApiCall>) =>
      (await call({ method: 'DELETE', url: `${own('bob')}/actions/${id}`, ...one })).status;
    expect(await remove(as('amy'))).toBe(403);
    expect(await remove(root)).toBe(204);
    expect(await remove(as('bob'))).toBe(404);
    expect(await remove({ ...as('bob'), url: `${own('bob')}/actions/nonsense` })).toBe(404);
  });
});

describe('the private timeline', () => {
  test('is for its owner and admin', async () => {
    expect((await call({ ...timeline('amy'), ...as('bob') })).status).toBe(403);
    expect((await call({ ...timeline('amy'), ...root })).status).toBe(200);
    expect((await call({ ...timeline('amy'), ...as('amy') })).body).toEqual({ items: [] });
  });

  test('is walked by cursors, which are of one query and caller', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) {
      app.clock.advance(minuteMs);
      ids.unshift(idOf(await postOf('amy', { verb: 'like' })));
    }
    const first = await call({ ...timeline('amy', '?limit=3'), ...as('amy') });
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    const { nextCursor } = first.body as { nextCursor: string };
    const next = `&cursor=${nextCursor}`;
    const second = await call({ ...timeline('amy', `?limit=3${next}`), ...as('amy') });
    expect(idsOf(second)).toEqual(ids.slice(3));
    expect(second.body).not.toHaveProperty('nextCursor');
    const others = [
      { ...timeline('amy', `?limit=3&order=asc${next}`), ...as('amy') },
      { ...timeline('amy', `?limit=3${next}`), ...root },
      { ...timeline('bob', `?limit=3${next}`), ...as('bob') },
      { ...timeline('amy', `?limit=3${next}x`), ...as('amy') },
    ];
    for (const other of others) expect((await call(other)).status).toBe(400);
  });

  test('shows what is read since the mark, which moves back by force only', async () => {
    const mark = { method: 'PUT', url: `${own('amy')}/timelines/private/read-mark`, ...as('amy') };
    const markNow = async () => (await call({ ...mark, method: 'GET' })).body;
    expect(await markNow()).toEqual({ readAt: null });
    app.clock.advance(minuteMs);
    await postOf('amy', { verb: 'like' });
    const unread = async () =>
      (await call({ ...timeline('amy', '/unread-count'), ...as('amy') })).body;
    expect(await unread()).toEqual({ count: 1, capped: false });
    app.clock.advance(minuteMs);
    const readAt = rfc3339(app.clock.now());
    expect((await call({ ...mark, body: {} })).body).toEqual({ readAt });
    expect(await unread()).toEqual({ count: 0, capped: false });
    const earlier = '2025-01-01T00:00:00.000Z';
    expect((await call({ ...mark, body: { at: earlier } })).body).toEqual({ readAt });
    const forced = await call({ ...mark, body: { at: earlier, force: true } });
    expect(forced.body).toEqual({ readAt: earlier });
    expect(await markNow()).toEqual({ readAt: earlier });
    const { body } = await call({ ...timeline('amy'), ...as('amy') });
    expect(body).toMatchObject({ items: [{ read: false }] });
  });

  test('takes notifications from admin alone, and gives up what its owner removes', async () => {
    const note = {
      method: 'POST',
      url: `${own('amy')}/timelines/private`,
      body: { actor: bob, verb: 'like' },
    };
    expect((await call({ ...note, ...as('amy') })).status).toBe(403);
    const answer = await call({ ...note, ...root });
    expect(answer.status).toBe(201);
    const remove = async (sub: string) =>
      (await call({ method: 'DELETE', url: `${note.url}/${idOf(answer)}`, ...as(sub) })).status;
    expect(await remove('bob')).toBe(403);
    expect(await remove('amy')).toBe(204);
    expect(await remove('amy')).toBe(404);
    expect((await call({ ...timeline('amy', '/count'), ...as('amy') })).body).toEqual({
      count: 0,
      capped: false,
    });
  });

  test('fills after a post, and is without the actor after the unfollow', async () => {
    await following(app, [[amy, bob]]);
    app.clock.advance(minuteMs);
    const id = idOf(await postOf('bob', { verb: 'like' }));
    await settle(app);
    expect(idsOf(await call({ ...timeline('amy'), ...as('amy') }))).toEqual([id]);
    await app.unfollow(amy, bob);
    for (const name of ['', '/count', '/unread-count']) {
      const { body } = await call({ ...timeline('amy', name), ...as('amy') });
      expect(body).toEqual(name === '' ? { items: [] } : { count: 0, capped: false });
    }
  });
});

test('anyone signed in reads, filters and counts a public timeline, by pages', async () => {
  const ids: string[] = [];
  for (const verb of ['like', 'comment', 'like']) {
    app.clock.advance(minuteMs);
    ids.push(idOf(await postOf('bob', { verb, target: 'article:7' })));
  }
  expect(idsOf(await publicsOfBob('?order=asc'))).toEqual(ids);
  expect(idsOf(await publicsOfBob('?verb=like&target=article'))).toEqual([ids[2], ids[0]]);
  expect((await publicsOfBob('/count?verb=like')).body).toEqual({ count: 2, capped: false });
  const first = await publicsOfBob('?limit=2');
  const { nextCursor } = first.body as { nextCursor: string };
  expect(idsOf(await publicsOfBob(`?limit=2&cursor=${nextCursor}`))).toEqual([ids[0]]);
  expect((await publicsOfBob(`?limit=2&verb=like&cursor=${nextCursor}`)).status).toBe(400);
});
