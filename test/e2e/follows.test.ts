import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { counts } from '../support/e2e/counts.ts';
import { admin, newPeople, newPerson, uniqueId } from '../support/e2e/people.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);

describe('following', () => {
  test('the first follow is 201 with the counts that include it', async () => {
    const [ann, bob] = await newPeople('pair', 2);
    const before = Date.now();
    const { status, body } = await call(ann, 'PUT', `/resources/${ann.ref}/followings/${bob.ref}`);
    expect(status).toBe(201);
    expect(body).toEqual({
      follower: ann.ref,
      followed: bob.ref,
      since: time,
      friend: false,
      counts: {
        follower: counts({ followings: { user: 1 } }),
        followed: counts({ followers: { user: 1 } }),
      },
    });
    const since = Date.parse(String(body['since']));
    expect(since).toBeGreaterThanOrEqual(before - 1);
    expect(since).toBeLessThanOrEqual(Date.now());
  });

  test('following again is 200 and keeps the first date', async () => {
    const [ann, bob] = await newPeople('again', 2);
    const path = `/resources/${ann.ref}/followings/${bob.ref}`;
    const first = await call(ann, 'PUT', path);
    const second = await call(ann, 'PUT', path);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test('whether one follows another is readable for anyone, 404 when not', async () => {
    const [ann, bob, eve] = await newPeople('get', 3);
    const path = `/resources/${ann.ref}/followings/${bob.ref}`;
    const absent = await call(eve, 'GET', path);
    expect(absent.status).toBe(404);
    const { body: made } = await call(ann, 'PUT', path);
    const { status, body } = await call(eve, 'GET', path);
    expect(status).toBe(200);
    expect(body).toEqual({ following: true, since: made['since'], friend: false });
  });

  test('unfollowing is 200 with the counts after it, and so is unfollowing again', async () => {
    const [ann, bob] = await newPeople('un', 2);
    const path = `/resources/${ann.ref}/followings/${bob.ref}`;
    await call(ann, 'PUT', path);
    const gone = {
      status: 200,
      body: {
        follower: ann.ref,
        followed: bob.ref,
        following: false,
        since: null,
        friend: false,
        counts: { follower: counts({}), followed: counts({}) },
      },
    };
    expect(await call(ann, 'DELETE', path)).toMatchObject(gone);
    expect(await call(ann, 'DELETE', path)).toMatchObject(gone);
    expect((await call(ann, 'GET', path)).status).toBe(404);
  });

  test('following anew after an unfollow has a new date', async () => {
    const [ann, bob] = await newPeople('anew', 2);
    const path = `/resources/${ann.ref}/followings/${bob.ref}`;
    const first = await call<{ since: string }>(ann, 'PUT', path);
    await call(ann, 'DELETE', path);
    const second = await call<{ since: string }>(ann, 'PUT', path);
    expect(second.status).toBe(201);
    expect(Date.parse(second.body.since)).toBeGreaterThan(Date.parse(first.body.since));
  });

  test.each(['PUT', 'DELETE'])('nobody follows itself (%s)', async (method) => {
    const ann = await newPerson('self');
    const path = `/resources/${ann.ref}/followings/${ann.ref}`;
    const { status, body } = await call(ann, method, path);
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: 'path.other' }]);
    expect((await call(ann, 'GET', path)).status).toBe(404);
  });

  test('admin follows for any resource, of any type', async () => {
    const operator = await admin();
    const [project, photo] = [`project:${uniqueId('p')}`, `photo:${uniqueId('p')}`];
    const { status, body } = await call(
      operator,
      'PUT',
      `/resources/${project}/followings/${photo}`,
    );
    expect(status).toBe(201);
    expect(body['counts']).toEqual({
      follower: counts({ followings: { photo: 1 } }),
      followed: counts({ followers: { project: 1 } }),
    });
  });

  test('a percent-encoded reference is the same resource', async () => {
    const [ann, bob] = await newPeople('enc|oded@x', 2);
    const encoded = `/resources/${encodeURIComponent(ann.ref)}/followings/${encodeURIComponent(bob.ref)}`;
    const { status, body } = await call(ann, 'PUT', encoded);
    expect(status).toBe(201);
    expect(body).toMatchObject({ follower: ann.ref, followed: bob.ref });
  });

  test('every character that an id may have comes back as it was', async () => {
    const ann = await newPerson('chars');
    const other = `article:${uniqueId('')}.A_z~0@|:+=-`;
    const path = `/resources/${ann.ref}/followings`;
    await call(ann, 'PUT', `${path}/${encodeURIComponent(other)}`);
    const { body } = await call<{ items: { ref: string }[] }>(ann, 'GET', path);
    expect(body.items.map(({ ref }) => ref)).toEqual([other]);
  });
});

describe('friends', () => {
  test('the second follow closes the pair and dates it', async () => {
    const [ann, bob] = await newPeople('friend', 2);
    await call(ann, 'PUT', `/resources/${ann.ref}/followings/${bob.ref}`);
    const { body } = await call(bob, 'PUT', `/resources/${bob.ref}/followings/${ann.ref}`);
    const both = counts({
      followers: { user: 1 },
      followings: { user: 1 },
      friends: { user: 1 },
    });
    expect(body).toMatchObject({ friend: true, counts: { follower: both, followed: both } });
    for (const [one, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const friends = await call(one, 'GET', `/resources/${one.ref}/friends`);
      expect(friends.body).toEqual({ items: [{ ref: other.ref, since: body['since'] }] });
      const edge = await call(one, 'GET', `/resources/${one.ref}/followings/${other.ref}`);
      expect(edge.body).toMatchObject({ friend: true });
    }
  });

  test('unfollowing ends the friendship, following again renews its date', async () => {
    const [ann, bob] = await newPeople('renew', 2);
    const there = `/resources/${ann.ref}/followings/${bob.ref}`;
    const back = `/resources/${bob.ref}/followings/${ann.ref}`;
    await call(ann, 'PUT', there);
    const first = await call<{ since: string }>(bob, 'PUT', back);
    const ended = await call(ann, 'DELETE', there);
    expect(ended.body).toMatchObject({
      counts: {
        follower: counts({ followers: { user: 1 } }),
        followed: counts({ followings: { user: 1 } }),
      },
    });
    for (const one of [ann, bob]) {
      const { body } = await call(one, 'GET', `/resources/${one.ref}/friends`);
      expect(body).toEqual({ items: [] });
    }
    expect((await call(bob, 'GET', back)).body).toMatchObject({ friend: false });
    const again = await call<{ since: string; friend: boolean }>(ann, 'PUT', there);
    expect(again.body.friend).toBe(true);
    const { body } = await call(bob, 'GET', `/resources/${bob.ref}/friends`);
    expect(body).toEqual({ items: [{ ref: ann.ref, since: again.body.since }] });
    expect(Date.parse(again.body.since)).toBeGreaterThan(Date.parse(first.body.since));
  });
});

describe('counts', () => {
  test('are given overall and for each declared type', async () => {
    const operator = await admin();
    const ann = await newPerson('types');
    const [project, article] = [`project:${uniqueId('p')}`, `article:${uniqueId('a')}`];
    for (const other of [project, article, `user:${uniqueId('u')}`, `user:${uniqueId('u')}`]) {
      await call(ann, 'PUT', `/resources/${ann.ref}/followings/${other}`);
    }
    await call(operator, 'PUT', `/resources/${project}/followings/${ann.ref}`);
    const { status, body } = await call(operator, 'GET', `/resources/${ann.ref}/counts`);
    expect(status).toBe(200);
    expect(body).toEqual(
      counts({
        followers: { project: 1 },
        followings: { project: 1, article: 1, user: 2 },
        friends: { project: 1 },
      }),
    );
  });

  test('are zero for a resource that nobody has heard of', async () => {
    const ann = await newPerson('zero');
    const { body } = await call(ann, 'GET', `/resources/photo:${uniqueId('none')}/counts`);
    expect(body).toEqual(counts({}));
  });
});

describe('relations', () => {
  test('come in the order asked, repeats included', async () => {
    const [ann, bob, cid, dot] = await newPeople('rel', 4);
    await call(ann, 'PUT', `/resources/${ann.ref}/followings/${bob.ref}`);
    await call(ann, 'PUT', `/resources/${ann.ref}/followings/${cid.ref}`);
    await call(cid, 'PUT', `/resources/${cid.ref}/followings/${ann.ref}`);
    await call(dot, 'PUT', `/resources/${dot.ref}/followings/${ann.ref}`);
    const stranger = `user:${uniqueId('stranger')}`;
    const others = [dot.ref, stranger, bob.ref, cid.ref, bob.ref];
    const { status, body } = await call(bob, 'POST', `/resources/${ann.ref}/relations`, {
      body: { others },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        relation(dot.ref, false, true),
        relation(stranger, false, false),
        relation(bob.ref, true, false),
        relation(cid.ref, true, true),
        relation(bob.ref, true, false),
      ],
    });
  });

  test('take none to a hundred others, not more', async () => {
    const ann = await newPerson('hundred');
    const path = `/resources/${ann.ref}/relations`;
    const others = Array.from({ length: 100 }, (_, at) => `photo:${at}`);
    const none = await call(ann, 'POST', path, { body: { others: [] } });
    expect(none).toMatchObject({ status: 200, body: { items: [] } });
    const hundred = await call<{ items: unknown[] }>(ann, 'POST', path, { body: { others } });
    expect(hundred.body.items).toHaveLength(100);
    const more = await call(ann, 'POST', path, { body: { others: [...others, 'photo:100'] } });
    expect(more).toMatchObject({ status: 400, body: { errors: [{ path: 'body.others' }] } });
  });

  test('name the reference that is none', async () => {
    const ann = await newPerson('badref');
    const { status, body } = await call(ann, 'POST', `/resources/${ann.ref}/relations`, {
      body: { others: [ann.ref, 'planet:7'] },
    });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: 'body.others.1' }]);
  });
});

function relation(ref: string, following: boolean, followedBy: boolean) {
  return { ref, following, followedBy, friend: following && followedBy };
}
