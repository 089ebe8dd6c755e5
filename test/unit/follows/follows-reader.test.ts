import { expect, test } from '@jest/globals';
import { follow } from '../../../lambdas/follows/follow.ts';
import { followsReader } from '../../../lambdas/follows/follows-reader.ts';
import { unfollow } from '../../../lambdas/follows/unfollow.ts';
import { ulidTime } from '../../../lambdas/shared/identifier.ts';
import { followWriting } from '../../support/follow-writing.ts';
import { InMemoryFollowStore } from '../../support/in-memory-follow-store.ts';

async function withFollowers(followers: readonly string[]) {
  const store = new InMemoryFollowStore();
  const writing = followWriting(store);
  const ids: string[] = [];
  for (const follower of followers) {
    await writing.pace.sleep(1_000);
    ids.push((await follow(writing, { follower, followed: 'user:star' })).edge.followId);
  }
  return { read: followsReader(store, ['user', 'project']), writing, ids };
}

const followers = ['user:a', 'project:b', 'user:c', 'user:d'];

test('followers of all types come oldest first and can be resumed', async () => {
  const { read, ids } = await withFollowers(followers);
  const links = followers.map((ref, at) => ({ ref, followId: ids[at] }));
  expect(await read.followersOf('user:star', { limit: 10 })).toEqual(links);
  const first = await read.followersOf('user:star', { limit: 2 });
  expect(first).toEqual(links.slice(0, 2));
  const range = { limit: 10, after: first[1]?.followId ?? '' };
  expect(await read.followersOf('user:star', range)).toEqual(links.slice(2));
  expect(await read.followersOf('user:star', { limit: 10, type: 'project' })).toEqual([links[1]]);
});

test('followings name the ones followed', async () => {
  const { read, ids } = await withFollowers(followers);
  expect(await read.followingsOf('user:c', { limit: 10 })).toEqual([
    { ref: 'user:star', followId: ids[2] },
  ]);
});

test('edges, follower count and ended follows tell the present', async () => {
  const { read, writing, ids } = await withFollowers(followers);
  const pair = { follower: 'user:a', followed: 'user:star' };
  const stranger = { follower: 'user:x', followed: 'user:star' };
  const edge = { followId: ids[0], since: ulidTime(ids[0] ?? '') };
  expect(await read.edge(pair)).toEqual(edge);
  expect(await read.edges([stranger, pair])).toEqual([undefined, edge]);
  expect(await read.followerCount('user:star')).toBe(4);
  expect(await read.endedFollows('user:a')).toEqual(new Set());
  await unfollow(writing, pair);
  expect(await read.edge(pair)).toBeUndefined();
  expect(await read.followerCount('user:star')).toBe(3);
  expect(await read.endedFollows('user:a')).toEqual(new Set([ids[0]]));
});
