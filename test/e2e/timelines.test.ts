import { beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { admin, newPeople, newPerson, uniqueId } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import {
  countOf,
  follow,
  post,
  privateIds,
  publicIds,
  unfollow,
} from '../support/e2e/timelines.ts';
import type { Action } from '../support/e2e/timelines.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const ids = (actions: Action[]) => actions.map(({ id }) => id);

describe('a timeline of many actions', () => {
  let ann: Person;
  let reader: Person;
  /** As posted: not in the order of their times; two share one time. */
  const posted: Action[] = [];
  /** Newest first, as both timelines must show them. */
  let sorted: Action[];

  beforeAll(async () => {
    [ann, reader] = await newPeople('many', 2);
    await follow(reader, ann.ref);
    const targets = ['article:1', 'article:2', 'photo:1', 'article:1'];
    for (let turn = 0; turn < 24; turn += 1) {
      const second = (turn * 7) % 24;
      const verb = ['like', 'comment', 'publish'][turn % 3];
      const target = targets[turn % 4];
      posted.push(await post(ann, { verb, target, at: at(second === 23 ? 22 : second) }));
    }
    posted.push(await post(ann, { verb: 'join', at: at(100) }));
    sorted = posted.toSorted((a, b) =>
      a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1,
    );
  });

  test('comes whole to a follower', async () => {
    await eventually(async () => {
      expect(await countOf(reader, 'private/count')).toEqual({ count: 25, capped: false });
    });
  });

  test.each(['1', '2', '100'])('is walked to its end by pages of %s', async (limit) => {
    expect(await publicIds(reader, ann, { limit })).toEqual(ids(sorted));
    expect(await privateIds(ann, { limit })).toEqual(ids(sorted));
    expect(await privateIds(reader, { limit })).toEqual(ids(sorted));
  });

  test('is oldest first when asked so', async () => {
    const ascending = ids(sorted.toReversed());
    expect(await publicIds(reader, ann, { order: 'asc', limit: '4' })).toEqual(ascending);
    expect(await privateIds(reader, { order: 'asc', limit: '4' })).toEqual(ascending);
  });

  test.each([
    ['a verb', { verb: 'like' }],
    ['a type of target', { target: 'article' }],
    ['a target', { target: 'photo:1' }],
    ['a verb and a type', { verb: 'comment', target: 'article' }],
    ['a verb and a target', { verb: 'publish', target: 'article:1' }],
    ['a verb and a target that never met', { verb: 'join', target: 'article' }],
    ['a verb that nobody declared', { verb: 'dance' }],
  ])('is filtered by %s, lists and counts alike', async (_what, filter: Record<string, string>) => {
    const { verb, target } = filter;
    const wanted = sorted.filter(
      (action) =>
        (verb === undefined || action.verb === verb) &&
        (target === undefined ||
          action.target === target ||
          action.target?.startsWith(`${target}:`) === true),
    );
    for (const order of ['desc', 'asc']) {
      const expected = order === 'desc' ? ids(wanted) : ids(wanted.toReversed());
      const query = { ...filter, order, limit: '2' };
      expect(await publicIds(reader, ann, query)).toEqual(expected);
      expect(await privateIds(reader, query)).toEqual(expected);
    }
    const counted = { count: wanted.length, capped: false };
    expect(await countOf(reader, 'private/count', filter)).toEqual(counted);
    expect(await countOf(reader, 'private/unread-count', filter)).toEqual(counted);
    expect(await countOf(ann, 'public/count', filter)).toEqual(counted);
  });

  test.each(['planet', 'planet:7', 'article:', ':', 'article:a b'])(
    'does not take %j for a target',
    async (target) => {
      const { status, body } = await call(ann, 'GET', `/resources/${ann.ref}/timelines/public`, {
        query: { target },
      });
      expect(status).toBe(400);
      expect(body['errors']).toMatchObject([{ path: 'query.target' }]);
    },
  );
});

describe('following', () => {
  test('imports what the followed one did before', async () => {
    const [ann, bob] = await newPeople('import', 2);
    const early = await post(ann, { verb: 'join', at: at(1) });
    const late = await post(ann, { verb: 'like', target: 'article:7' });
    await follow(bob, ann.ref);
    await eventually(async () => expect(await privateIds(bob)).toEqual([late.id, early.id]));
    const { body } = await call(bob, 'GET', `/resources/${bob.ref}/timelines/private`);
    expect(body).toEqual({
      items: [
        { ...late, read: false },
        { ...early, read: false },
      ],
    });
  });
});

describe('unfollowing', () => {
  test('hides the actor’s actions from the very next list and counts', async () => {
    const [ann, bob, cid] = await newPeople('hide', 3);
    await follow(cid, ann.ref);
    await follow(cid, bob.ref);
    for (let turn = 0; turn < 3; turn += 1) await post(ann, { verb: 'join' });
    const kept = await post(bob, { verb: 'join' });
    await eventually(async () => expect(await privateIds(cid)).toHaveLength(4));
    await unfollow(cid, ann.ref);
    expect(await privateIds(cid)).toEqual([kept.id]);
    expect(await countOf(cid, 'private/count')).toEqual({ count: 1, capped: false });
    expect(await countOf(cid, 'private/unread-count')).toEqual({ count: 1, capped: false });
    expect(await privateIds(cid, { order: 'asc' })).toEqual([kept.id]);
  });

  test('while the fan-out is under way lets nothing of it through', async () => {
    const [ann, bob] = await newPeople('underway', 2);
    await follow(bob, ann.ref);
    for (let turn = 0; turn < 5; turn += 1) await post(ann, { verb: 'join' });
    await unfollow(bob, ann.ref);
    expect(await privateIds(bob)).toEqual([]);
    // What Bob follows afterwards shows that jobs sent since then have been done.
    const cid = await newPerson('marker');
    await follow(bob, cid.ref);
    const marker = await post(cid, { verb: 'join' });
    await eventually(async () => expect(await privateIds(bob)).toEqual([marker.id]));
    expect(await countOf(bob, 'private/count')).toEqual({ count: 1, capped: false });
  });

  test('and following again brings the actions back, each once', async () => {
    const [ann, bob] = await newPeople('back', 2);
    await follow(bob, ann.ref);
    const actions = [await post(ann, { verb: 'join' }), await post(ann, { verb: 'join' })];
    const newestFirst = ids(actions.toReversed());
    await eventually(async () => expect(await privateIds(bob)).toEqual(newestFirst));
    await unfollow(bob, ann.ref);
    expect(await privateIds(bob)).toEqual([]);
    await follow(bob, ann.ref);
    await eventually(async () => expect(await privateIds(bob)).toEqual(newestFirst));
    expect(await countOf(bob, 'private/count')).toEqual({ count: 2, capped: false });
  });
});

describe('a notification', () => {
  test('is on the owner’s private timeline alone, and an unfollow does not hide it', async () => {
    const [ann, bob] = await newPeople('note', 2);
    await follow(bob, ann.ref);
    const { status, body } = await notify(bob, {
      actor: ann.ref,
      verb: 'comment',
      target: 'photo:1',
      data: { text: 'nice' },
      at: at(1),
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      actor: ann.ref,
      verb: 'comment',
      target: 'photo:1',
      data: { text: 'nice' },
      at: at(1),
    });
    const { body: seen } = await call(bob, 'GET', `/resources/${bob.ref}/timelines/private`);
    expect(seen).toEqual({ items: [{ ...body, read: false }] });
    expect(await publicIds(bob, ann)).toEqual([]);
    expect(await privateIds(ann)).toEqual([]);
    await unfollow(bob, ann.ref);
    expect(await privateIds(bob)).toEqual([body.id]);
    expect(await countOf(bob, 'private/unread-count')).toEqual({ count: 1, capped: false });
  });

  test('is one under one Idempotency-Key, twenty times at once', async () => {
    const [ann, bob] = await newPeople('note20', 2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => notify(bob, { actor: ann.ref, verb: 'join' }, 'k')),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await privateIds(bob)).toHaveLength(1);
    const other = await notify(bob, { actor: bob.ref, verb: 'join' }, 'k');
    expect(other.status).toBe(409);
  });

  test('can be taken out again by its owner', async () => {
    const [ann, bob] = await newPeople('unnote', 2);
    const { body } = await notify(bob, { actor: ann.ref, verb: 'join' });
    const path = `/resources/${bob.ref}/timelines/private/${body.id}`;
    expect((await call(bob, 'DELETE', path)).status).toBe(204);
    expect(await privateIds(bob)).toEqual([]);
    expect((await call(bob, 'DELETE', path)).status).toBe(404);
  });
});

describe('taking an action out of one timeline', () => {
  test('leaves it in all others', async () => {
    const [ann, bob, cid] = await newPeople('one', 3);
    for (const fan of [bob, cid]) await follow(fan, ann.ref);
    const action = await post(ann, { verb: 'join' });
    for (const fan of [bob, cid]) {
      await eventually(async () => expect(await privateIds(fan)).toEqual([action.id]));
    }
    const path = `/resources/${bob.ref}/timelines/private/${action.id}`;
    expect((await call(bob, 'DELETE', path)).status).toBe(204);
    expect(await privateIds(bob)).toEqual([]);
    expect(await countOf(bob, 'private/count')).toEqual({ count: 0, capped: false });
    expect(await privateIds(cid)).toEqual([action.id]);
    expect(await privateIds(ann)).toEqual([action.id]);
    expect(await publicIds(bob, ann)).toEqual([action.id]);
    // Following anew does not bring back what its owner took out.
    await unfollow(bob, ann.ref);
    await follow(bob, ann.ref);
    const later = await post(ann, { verb: 'join' });
    await eventually(async () => expect(await privateIds(bob)).toContain(later.id));
    expect(await privateIds(bob)).toEqual([later.id]);
  });

  test('takes an own action out of the private one and leaves the public one', async () => {
    const ann = await newPerson('own');
    const action = await post(ann, { verb: 'join' });
    const path = `/resources/${ann.ref}/timelines/private/${action.id}`;
    expect((await call(ann, 'DELETE', path)).status).toBe(204);
    expect(await privateIds(ann)).toEqual([]);
    expect(await publicIds(ann, ann)).toEqual([action.id]);
  });

  test('is 404 for what is not there, and for ids that cannot be one', async () => {
    const [ann, bob] = await newPeople('nothere', 2);
    const { id } = await post(ann, { verb: 'join' });
    for (const other of [id, 'act_x', 'nonsense', `${id}0`, id.toLowerCase()]) {
      const path = `/resources/${bob.ref}/timelines/private/${other}`;
      expect([other, (await call(bob, 'DELETE', path)).status]).toEqual([other, 404]);
    }
  });
});

test('resources other than users have timelines too', async () => {
  const operator = await admin();
  const [project, fan] = [`project:${uniqueId('p')}`, await newPerson('fan')];
  await call(operator, 'PUT', `/resources/${project}/followings/${fan.ref}`);
  const action = await post(fan, { verb: 'join' });
  await eventually(async () => {
    const { body } = await call(operator, 'GET', `/resources/${project}/timelines/private`);
    expect(body).toEqual({ items: [{ ...action, read: false }] });
  });
});

async function notify(owner: Person, body: object, key?: string) {
  return call<Action>(await admin(), 'POST', `/resources/${owner.ref}/timelines/private`, {
    body,
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
}
