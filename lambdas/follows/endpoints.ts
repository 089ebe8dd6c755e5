import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import {
  listOf,
  nothing,
  order,
  page,
  resourceRef,
  resourceType,
  resourceTypes,
  timestamp,
} from '../shared/http/schemas.ts';

const tag = 'Follows';

const byType = z
  .strictObject(Object.fromEntries(resourceTypes.map((type) => [type, z.int().min(0)])))
  .meta({ description: 'Every declared resource type has its number.' });

const counts = z
  .strictObject({
    followers: z.int().min(0),
    followings: z.int().min(0),
    friends: z.int().min(0),
    followersByType: byType,
    followingsByType: byType,
    friendsByType: byType,
  })
  .meta({ id: 'Counts' });

const bothCounts = z.strictObject({ follower: counts, followed: counts });

const pair = z.strictObject({ ref: resourceRef, other: resourceRef });

const followed = z.strictObject({
  follower: z.string(),
  followed: z.string(),
  since: timestamp,
  friend: z.boolean(),
  counts: bothCounts,
});

export const follow = endpoint({
  method: 'PUT',
  path: '/v1/resources/{ref}/followings/{other}',
  operationId: 'follow',
  summary: 'Follow a resource. Following again changes nothing and keeps the first date.',
  tag,
  params: pair,
  query: nothing,
  answers: { 200: followed, 201: followed },
  problems: [409],
});

export const unfollow = endpoint({
  method: 'DELETE',
  path: '/v1/resources/{ref}/followings/{other}',
  operationId: 'unfollow',
  summary: 'Stop following a resource.',
  tag,
  params: pair,
  query: nothing,
  answers: {
    200: z.strictObject({
      follower: z.string(),
      followed: z.string(),
      following: z.literal(false),
      since: z.null(),
      friend: z.literal(false),
      counts: bothCounts,
    }),
  },
  problems: [409],
});

export const getFollowing = endpoint({
  method: 'GET',
  path: '/v1/resources/{ref}/followings/{other}',
  operationId: 'getFollowing',
  summary: 'Whether one resource follows another; 404 when it does not.',
  tag,
  params: pair,
  query: nothing,
  answers: {
    200: z.strictObject({ following: z.literal(true), since: timestamp, friend: z.boolean() }),
  },
  problems: [404],
});

const one = z.strictObject({ ref: resourceRef });
const relationList = listOf(z.strictObject({ ref: z.string(), since: timestamp }));
const relationQuery = z.strictObject({ ...page, order, type: resourceType.optional() });

/** The three lists of a resource, alike but for whom they hold. */
function relationEndpoint(name: 'followers' | 'followings' | 'friends', summary: string) {
  return endpoint({
    method: 'GET',
    path: `/v1/resources/{ref}/${name}`,
    operationId: `list${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    summary,
    tag,
    params: one,
    query: relationQuery,
    answers: { 200: relationList },
    problems: [],
  });
}

export const listFollowers = relationEndpoint('followers', 'Who follows a resource.');
export const listFollowings = relationEndpoint('followings', 'Whom a resource follows.');
export const listFriends = relationEndpoint(
  'friends',
  'Whom a resource follows and who follow it too, since the second of the two follows.',
);

export const getCounts = endpoint({
  method: 'GET',
  path: '/v1/resources/{ref}/counts',
  operationId: 'getCounts',
  summary: 'Exact numbers of followers, followings and friends.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: counts },
  problems: [],
});

export const compareRelations = endpoint({
  method: 'POST',
  path: '/v1/resources/{ref}/relations',
  operationId: 'compareRelations',
  summary: 'How a resource stands to up to 100 others, in the order asked.',
  tag,
  params: one,
  query: nothing,
  body: z.strictObject({ others: z.array(resourceRef).max(100) }),
  answers: {
    200: z.strictObject({
      items: z.array(
        z.strictObject({
          ref: z.string(),
          following: z.boolean(),
          followedBy: z.boolean(),
          friend: z.boolean(),
        }),
      ),
    }),
  },
  problems: [],
});

export const eraseResource = endpoint({
  method: 'DELETE',
  path: '/v1/resources/{ref}',
  operationId: 'eraseResource',
  summary: 'Erase what a resource has and left, as a background job.',
  tag,
  params: one,
  query: nothing,
  answers: { 202: z.strictObject({ state: z.enum(['running', 'done']), startedAt: timestamp }) },
  problems: [],
});

export const getErasure = endpoint({
  method: 'GET',
  path: '/v1/resources/{ref}/erasure',
  operationId: 'getErasure',
  summary: 'How far the erasure of a resource is.',
  tag,
  params: one,
  query: nothing,
  answers: {
    200: z.strictObject({
      state: z.enum(['running', 'done']),
      startedAt: timestamp,
      finishedAt: timestamp.optional(),
      removed: z.strictObject({
        edges: z.int().min(0),
        actions: z.int().min(0),
        messages: z.int().min(0),
      }),
    }),
  },
  problems: [404],
});

export const followsEndpoints = [
  follow,
  unfollow,
  getFollowing,
  listFollowers,
  listFollowings,
  listFriends,
  getCounts,
  compareRelations,
  eraseResource,
  getErasure,
];
