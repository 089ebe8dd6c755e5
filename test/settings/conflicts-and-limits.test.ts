import { beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { counts } from '../support/e2e/counts.ts';
import { deployWith } from '../support/e2e/deploy-with.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import {
  countOf,
  follow,
  post,
  privateIds,
  publicIds,
  unfollow,
} from '../support/e2e/timelines.ts';

beforeAll(async () => {
  await deployWith({
    'follows.onRepeat': 'conflict',
    'timelines.keep': '5',
    'timelines.fanOutLimit': '2',
    'timelines.chunkSize': '1',
  });
}, 180_000);

describe('with follows.onRepeat=conflict', () => {
  test('a repeated follow or unfollow is 409 and changes nothing', async () => {
    const [ann, bob] = await newPeople('conflict', 2);
    const path = `/resources/${ann.ref}/followings/${bob.ref}`;
    expect((await call(ann, 'DELETE', path)).status).toBe(409);
    expect((await call(ann, 'PUT', path)).status).toBe(201);
    expect((await call(ann, 'PUT', path)).status).toBe(409);
    const { body } = await call(ann, 'GET', `/resources/${bob.ref}/counts`);
    expect(body).toEqual(counts({ followers: { user: 1 } }));
    expect((await call(ann, 'DELETE', path)).status).toBe(200);
    expect((await call(ann, 'DELETE', path)).status).toBe(409);
    expect((await call(ann, 'GET', `/resources/${bob.ref}/counts`)).body).toEqual(counts({}));
  });
});

describe('with timelines.keep=5', () => {
  test('a private timeline ends after its five newest actions, a public one does not', async () => {
    const [ann, bob] = await newPeople('keep', 2);
    const ids: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) ids.unshift((await post(ann, { verb: 'join' })).id);
    const newest = ids.slice(0, 5);
    expect(await publicIds(ann, ann, { limit: '3' })).toEqual(ids);
    expect(await privateIds(ann, { limit: '2' })).toEqual(newest);
    expect(await privateIds(ann, { limit: '2', order: 'asc' })).toEqual(newest.toReversed());
    expect(await countOf(ann, 'private/count')).toEqual({ count: 5, capped: false });
    expect(await countOf(ann, 'private/unread-count')).toEqual({ count: 5, capped: false });
    await follow(bob, ann.ref);
    await eventually(async () => expect(await privateIds(bob)).toEqual(newest));
  });
});

describe('with timelines.fanOutLimit=2', () => {
  test('crossing the limit both ways loses and doubles nothing', async () => {
    const star = await newPerson('star');
    const [ann, bob, cid] = await newPeople('fan', 3);
    const ids: string[] = [];
    const act = async () => void ids.unshift((await post(star, { verb: 'join' })).id);

    await follow(ann, star.ref);
    await follow(bob, star.ref);
    await act();
    for (const fan of [ann, bob]) await sees(fan, ids);

    // A third follower: from here on actions are merged by the readers.
    await follow(cid, star.ref);
    await act();
    for (const fan of [ann, bob, cid]) await sees(fan, ids);

    // One follower is left: copied again.
    await unfollow(bob, star.ref);
    await unfollow(cid, star.ref);
    expect(await privateIds(bob)).toEqual([]);
    expect(await privateIds(cid)).toEqual([]);
    await act();
    await sees(ann, ids);

    // And over the limit once more, with those back who had left.
    await follow(bob, star.ref);
    await follow(cid, star.ref);
    await act();
    for (const fan of [ann, bob, cid]) await sees(fan, ids);
  });

  test('a merged action that is taken back, or whose actor is unfollowed, is gone at once', async () => {
    const star = await newPerson('merged');
    const fans = await newPeople('fan', 4);
    for (const fan of fans) await follow(fan, star.ref);
    const gone = await post(star, { verb: 'join' });
    const kept = await post(star, { verb: 'join' });
    for (const fan of fans) await sees(fan, [kept.id, gone.id]);
    const { status } = await call(star, 'DELETE', `/resources/${star.ref}/actions/${gone.id}`);
    expect(status).toBe(204);
    for (const fan of fans) await sees(fan, [kept.id]);
    const [ann, bob] = fans;
    await unfollow(ann, star.ref);
    expect(await privateIds(ann)).toEqual([]);
    expect(await countOf(ann, 'private/unread-count')).toEqual({ count: 0, capped: false });
    await sees(bob, [kept.id]);
  });

  test('an action for the actor itself is not merged into its followers’ timelines', async () => {
    const star = await newPerson('selfish');
    const fans = await newPeople('fan', 3);
    for (const fan of fans) await follow(fan, star.ref);
    const first = await post(star, { verb: 'join' });
    await post(star, { verb: 'join', audience: 'self' });
    const last = await post(star, { verb: 'join' });
    for (const fan of fans) {
      await eventually(async () => expect(await privateIds(fan)).toEqual([last.id, first.id]));
    }
  });
});

/** Everything once, in lists both ways and in counts. */
async function sees(owner: Person, ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    expect(await privateIds(owner)).toEqual(ids);
    expect(await privateIds(owner, { order: 'asc', limit: '2' })).toEqual(ids.toReversed());
    expect(await countOf(owner, 'private/count')).toEqual({ count: ids.length, capped: false });
  });
}
