import { beforeEach, describe, expect, test } from '@jest/globals';
import { followsEndpoints } from '../../../lambdas/follows/endpoints.ts';
import { followsApi } from '../../support/follows-api.ts';
import type { FollowsApi } from '../../support/follows-api.ts';

let api: FollowsApi;
beforeEach(() => {
  api = followsApi();
});

const none = { user: 0, project: 0, article: 0, photo: 0 };
const noCounts = {
  followers: 0,
  followings: 0,
  friends: 0,
  followersByType: none,
  followingsByType: none,
  friendsByType: none,
};

/** All of a list, page by page. */
const walk = async (url: string): Promise<{ pages: number; refs: string[] }> => {
  const refs: string[] = [];
  let pages = 0;
  for (let cursor: string | undefined, more = true; more;) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await api.amy({ method: 'GET', url: `${url}${query}` });
    expect(status).toBe(200);
    const page = body as { items: { ref: string; since: string }[]; nextCursor?: string };
    refs.push(...page.items.map(({ ref }) => ref));
    pages += 1;
    cursor = page.nextCursor;
    more = cursor !== undefined;
  }
  return { pages, refs };
};

/** A list of one item a page, from a cursor on. */
const withCursor = (list: string, cursor: string) =>
  `/v1/resources/user:star/${list}?limit=1&cursor=${cursor}`;

/** An item of the answer to `relations`. */
const relation = (ref: string, following: boolean, followedBy: boolean) => ({
  ref,
  following,
  followedBy,
  friend: following && followedBy,
});

describe('PUT followings', () => {
  const url = '/v1/resources/user:amy/followings/project:7';

  test('answers 201 with counts that include it, then 200 with the first date', async () => {
    const first = await api.amy({ method: 'PUT', url });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      follower: 'user:amy',
      followed: 'project:7',
      since: '2026-11-21T10:30:00.000Z',
      friend: false,
      counts: {
        follower: { ...noCounts, followings: 1, followingsByType: { ...none, project: 1 } },
        followed: { ...noCounts, followers: 1, followersByType: { ...none, user: 1 } },
      },
    });
    api.clock.advance(5_000);
    const second = await api.amy({ method: 'PUT', url });
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test('says when it closed a friendship', async () => {
    await api.follow('user:bob', 'user:amy');
    const { status, body } = await api.follow('user:amy', 'user:bob');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      friend: true,
      counts: { follower: { friends: 1 }, followed: { friends: 1 } },
    });
  });

  test('of somebody else is 403 for all but admin', async () => {
    const other = '/v1/resources/user:bob/followings/project:7';
    expect((await api.amy({ method: 'PUT', url: other })).status).toBe(403);
    expect((await api.admin({ method: 'PUT', url: other })).status).toBe(201);
  });

  test.each([
    ['itself', 'user:amy', 'path.other'],
    ['an unknown type', 'ghost:7', 'path.other'],
    ['a malformed reference', 'user', 'path.other'],
    ['an id of 129 characters', `user:${'x'.repeat(129)}`, 'path.other'],
  ])('of %s is 400 and names the field', async (_case, other, path) => {
    const answer = await api.amy({
      method: 'PUT',
      url: `/v1/resources/user:amy/followings/${other}`,
    });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test('takes no body', async () => {
    expect((await api.amy({ method: 'PUT', url, body: {} })).status).toBe(400);
  });
});

describe('DELETE followings', () => {
  const url = '/v1/resources/user:amy/followings/user:bob';

  test('answers the counts without it, and the same when there was nothing', async () => {
    await api.follow('user:bob', 'user:amy');
    await api.follow('user:amy', 'user:bob');
    const first = await api.amy({ method: 'DELETE', url });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      follower: 'user:amy',
      followed: 'user:bob',
      following: false,
      since: null,
      friend: false,
      counts: {
        follower: { ...noCounts, followers: 1, followersByType: { ...none, user: 1 } },
        followed: { ...noCounts, followings: 1, followingsByType: { ...none, user: 1 } },
      },
    });
    expect(await api.amy({ method: 'DELETE', url })).toMatchObject({
      status: 200,
      body: first.body,
    });
  });

  test('of itself is 400', async () => {
    const itself = '/v1/resources/user:amy/followings/user:amy';
    expect((await api.amy({ method: 'DELETE', url: itself })).status).toBe(400);
  });
});

describe('under onRepeat: conflict', () => {
  const url = '/v1/resources/user:amy/followings/user:bob';

  test('following or unfollowing twice is 409', async () => {
    api = followsApi('conflict');
    expect((await api.amy({ method: 'DELETE', url })).status).toBe(409);
    expect((await api.amy({ method: 'PUT', url })).status).toBe(201);
    expect((await api.amy({ method: 'PUT', url })).status).toBe(409);
    expect((await api.amy({ method: 'DELETE', url })).status).toBe(200);
    expect((await api.amy({ method: 'DELETE', url })).status).toBe(409);
  });
});

describe('GET followings', () => {
  test('answers since and friend, or 404', async () => {
    await api.follow('user:amy', 'user:bob');
    const url = '/v1/resources/user:amy/followings/user:bob';
    expect(await api.amy({ method: 'GET', url })).toMatchObject({
      status: 200,
      body: { following: true, since: '2026-11-21T10:30:00.000Z', friend: false },
    });
    const back = '/v1/resources/user:bob/followings/user:amy';
    expect((await api.amy({ method: 'GET', url: back })).status).toBe(404);
  });
});

describe('lists', () => {
  const followers = ['user:a', 'project:b', 'user:c', 'photo:d', 'user:e'];
  beforeEach(async () => {
    for (const follower of followers) {
      await api.follow(follower, 'user:star');
      api.clock.advance(1_000);
    }
  });

  test('merge all types in order, newest first or ascending, each item once over the pages', async () => {
    const url = '/v1/resources/user:star/followers?limit=2';
    expect(await walk(url)).toEqual({ pages: 3, refs: followers.toReversed() });
    expect(await walk(`${url}&order=asc`)).toEqual({ pages: 3, refs: followers });
  });

  test('are by type where asked, and end without a cursor on a full last page', async () => {
    const url = '/v1/resources/user:star/followers?limit=3&type=user';
    expect(await walk(url)).toEqual({ pages: 1, refs: ['user:e', 'user:c', 'user:a'] });
  });

  test('of friends are dated when the second follow closed the pair', async () => {
    await api.follow('user:star', 'user:c');
    api.clock.advance(1_000);
    await api.follow('user:star', 'user:a');
    const { body } = await api.amy({ method: 'GET', url: '/v1/resources/user:star/friends' });
    expect(body).toEqual({
      items: [
        { ref: 'user:a', since: '2026-11-21T10:30:06.000Z' },
        { ref: 'user:c', since: '2026-11-21T10:30:05.000Z' },
      ],
    });
  });

  test('refuse a cursor of another caller, another list or none at all', async () => {
    const url = '/v1/resources/user:star/followers?limit=1';
    const { body } = await api.amy({ method: 'GET', url });
    const { nextCursor = '' } = body as { nextCursor?: string };
    const foreign = { sub: 'eve', method: 'GET', url: withCursor('followers', nextCursor) };
    const answers = [
      await api.call(foreign),
      await api.amy({ method: 'GET', url: withCursor('followings', nextCursor) }),
      await api.amy({ method: 'GET', url: withCursor('followers', 'x.y') }),
      await api.amy({ method: 'GET', url: withCursor('followers', `${nextCursor}x`) }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'query.cursor' }] } });
    }
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'type=ghost', 'order=up', 'colour=red'])(
    'refuse ?%s',
    async (query) => {
      const url = `/v1/resources/user:star/followers?${query}`;
      const [name] = query.split('=');
      expect(await api.amy({ method: 'GET', url })).toMatchObject({
        status: 400,
        body: { errors: [{ path: `query.${name}` }] },
      });
    },
  );
});

describe('counts and relations', () => {
  test('counts of a resource that nobody knows are zeros for every type', async () => {
    const answer = await api.amy({ method: 'GET', url: '/v1/resources/photo:1/counts' });
    expect(answer).toMatchObject({ status: 200, body: noCounts });
  });

  test('relations come in the order asked, repeats and itself included', async () => {
    await api.follow('user:amy', 'user:bob');
    await api.follow('user:bob', 'user:amy');
    await api.follow('user:amy', 'project:7');
    await api.follow('user:cat', 'user:amy');
    const others = ['user:cat', 'user:bob', 'project:7', 'user:amy', 'user:bob'];
    const url = '/v1/resources/user:amy/relations';
    expect(await api.amy({ method: 'POST', url, body: { others } })).toMatchObject({
      status: 200,
      body: {
        items: [
          relation('user:cat', false, true),
          relation('user:bob', true, true),
          relation('project:7', true, false),
          relation('user:amy', false, false),
          relation('user:bob', true, true),
        ],
      },
    });
    const tooMany = Array.from({ length: 101 }, (_, at) => `user:${at}`);
    expect((await api.amy({ method: 'POST', url, body: { others: tooMany } })).status).toBe(400);
    expect(await api.amy({ method: 'POST', url, body: { others: [] } })).toMatchObject({
      status: 200,
      body: { items: [] },
    });
  });
});

test('every endpoint of follows has its route', () => {
  expect(api.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
    followsEndpoints.map(({ method, path }) => `${method} ${path}`),
  );
});
