import { expect, test } from '@jest/globals';
import { CounterShards, maxShards } from '../../../lambdas/follows/counter-shards.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const pair = { follower: 'user:fan', followed: 'user:star' };

test('a resource begins with its first shard', () => {
  const shards = new CounterShards(() => 0.999);
  expect(shards.pick(pair).shards).toEqual({ follower: 0, followed: 0 });
});

test('only the side that collided widens, and is drawn from all of its width', () => {
  const shards = new CounterShards(seededRandom(1));
  shards.widen(pair, shards.pick(pair), ['followed']);
  const picks = Array.from({ length: 50 }, () => shards.pick(pair).shards);
  expect(new Set(picks.map(({ follower }) => follower))).toEqual(new Set([0]));
  expect(new Set(picks.map(({ followed }) => followed))).toEqual(new Set([0, 1, 2, 3]));
});

test('collisions drawn from the same width widen it once', () => {
  const shards = new CounterShards(seededRandom(1));
  const picks = Array.from({ length: 100 }, () => shards.pick(pair));
  for (const pick of picks) shards.widen(pair, pick, ['followed']);
  expect(shards.pick(pair).widths).toEqual({ follower: 1, followed: 4 });
});

test('the width stops at its maximum', () => {
  const shards = new CounterShards(() => 0.999);
  for (let times = 0; times < 20; times++) shards.widen(pair, shards.pick(pair), ['followed']);
  expect(shards.pick(pair).widths.followed).toBe(maxShards);
  expect(shards.pick(pair).shards.followed).toBe(maxShards - 1);
});

test('a forgotten resource begins with its first shard again, the others keep their width', () => {
  const shards = new CounterShards(() => 0);
  const widen = (followed: string) => {
    const other = { ...pair, followed };
    shards.widen(other, shards.pick(other), ['followed']);
  };
  widen('user:first');
  for (let at = 0; at < 10_000; at++) widen(`user:${at}`);
  expect(shards.pick({ ...pair, followed: 'user:first' }).widths.followed).toBe(1);
  expect(shards.pick({ ...pair, followed: 'user:0' }).widths.followed).toBe(4);
});
