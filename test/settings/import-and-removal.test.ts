import { beforeAll, expect, test } from '@jest/globals';
import { deployWith } from '../support/e2e/deploy-with.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { newPeople } from '../support/e2e/people.ts';
import { countOf, follow, post, privateIds, unfollow } from '../support/e2e/timelines.ts';

beforeAll(async () => {
  await deployWith({
    'timelines.importOnFollow': 'false',
    'timelines.removeOnUnfollow': 'false',
  });
}, 180_000);

test('with timelines.importOnFollow=false a follow brings only what comes after it', async () => {
  const [ann, bob] = await newPeople('noimport', 2);
  await post(ann, { verb: 'join' });
  await follow(bob, ann.ref);
  const after = await post(ann, { verb: 'join' });
  await eventually(async () => expect(await privateIds(bob)).toEqual([after.id]));
  expect(await countOf(bob, 'private/count')).toEqual({ count: 1, capped: false });
});

test('with timelines.removeOnUnfollow=false actions stay, and later ones do not come', async () => {
  const [ann, bob, cid] = await newPeople('stay', 3);
  await follow(bob, ann.ref);
  await follow(bob, cid.ref);
  const stays = await post(ann, { verb: 'join' });
  await eventually(async () => expect(await privateIds(bob)).toEqual([stays.id]));
  await unfollow(bob, ann.ref);
  expect(await privateIds(bob)).toEqual([stays.id]);
  await post(ann, { verb: 'join' });
  // What comes after it shows that the later one would have come by now.
  const marker = await post(cid, { verb: 'join' });
  await eventually(async () => expect(await privateIds(bob)).toEqual([marker.id, stays.id]));
  expect(await countOf(bob, 'private/unread-count')).toEqual({ count: 2, capped: false });
});
