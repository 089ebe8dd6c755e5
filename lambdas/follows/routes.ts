import { ConflictError, NotFoundError, invalid } from '../shared/errors.ts';
import { anyone, itselfOrAdmin } from '../shared/http/authorize.ts';
import { ulidCursors } from '../shared/http/cursor.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { rfc3339, ulidTime } from '../shared/identifier.ts';
import { countsOf } from './counts.ts';
import type { Counts } from './counts.ts';
import {
  compareRelations,
  follow as followEndpoint,
  getCounts,
  getFollowing,
  listFollowers,
  listFollowings,
  listFriends,
  unfollow as unfollowEndpoint,
} from './endpoints.ts';
import { erasureRoutes } from './erasure-routes.ts';
import type { ErasureRouting } from './erasure-routes.ts';
import { followPage } from './follow-lists.ts';
import type { FollowList } from './follow-store.ts';
import { follow } from './follow.ts';
import type { FollowWriting } from './follow.ts';
import type { FollowPair } from './follows-read.ts';
import { relations } from './relations.ts';
import type { FollowsSettings } from './settings.ts';
import { unfollow } from './unfollow.ts';

/** What the API of follows works with. */
export interface FollowsRouting {
  writing: FollowWriting;
  erasures: ErasureRouting;
  cursors: Cursors;
  /** Declared resource types. */
  types: readonly string[];
  onRepeat: FollowsSettings['onRepeat'];
}

/** The API of follows and erasures, complete. */
export function followsRoutes(routing: FollowsRouting): Route[] {
  const { writing, erasures, cursors, types, onRepeat } = routing;
  const { store } = writing;
  const positions = ulidCursors(cursors);

  const counts = async (ref: string): Promise<Counts> => countsOf(await store.counters(ref), types);
  const bothCounts = async ({ follower, followed }: FollowPair) => {
    const [ofFollower, ofFollowed] = await Promise.all([counts(follower), counts(followed)]);
    return { follower: ofFollower, followed: ofFollowed };
  };

  const listRoute = (endpoint: typeof listFollowers, list: FollowList): Route =>
    route(endpoint, {
      authorize: anyone,
      run: async ({ params, query, cursorScope }) => {
        const { order, limit, type, cursor } = query;
        const after = await positions.after(cursor, cursorScope);
        const { items, next } = await followPage(store, {
          list,
          ref: params.ref,
          types: type === undefined ? types : [type],
          order,
          after,
          limit,
        });
        return {
          status: 200,
          body: {
            items: items.map(({ ref, sinceMs }) => ({ ref, since: rfc3339(sinceMs) })),
            ...(await positions.next(next, cursorScope)),
          },
        };
      },
    });

  return [
    route(followEndpoint, {
      authorize: itselfOrAdmin('ref'),
      run: async ({ params }) => {
        const pair = pairOf(params);
        const { outcome, edge } = await follow(writing, pair);
        if (outcome === 'existing' && onRepeat === 'conflict') {
          throw new ConflictError(`${pair.follower} follows ${pair.followed} already.`);
        }
        return {
          status: outcome === 'created' ? 201 : 200,
          body: {
            ...pair,
            since: rfc3339(ulidTime(edge.followId)),
            friend: edge.friendId !== undefined,
            counts: await bothCounts(pair),
          },
        };
      },
    }),
    route(unfollowEndpoint, {
      authorize: itselfOrAdmin('ref'),
      run: async ({ params }) => {
        const pair = pairOf(params);
        const outcome = await unfollow(writing, pair);
        if (outcome === 'absent' && onRepeat === 'conflict') {
          throw new ConflictError(`${pair.follower} does not follow ${pair.followed}.`);
        }
        return {
          status: 200,
          body: {
            ...pair,
            following: false,
            since: null,
            friend: false,
            counts: await bothCounts(pair),
          },
        };
      },
    }),
    route(getFollowing, {
      authorize: anyone,
      run: async ({ params }) => {
        const [edge] = await store.edges([{ follower: params.ref, followed: params.other }]);
        if (!edge) throw new NotFoundError(`${params.ref} does not follow ${params.other}.`);
        const since = rfc3339(ulidTime(edge.followId));
        return {
          status: 200,
          body: { following: true, since, friend: edge.friendId !== undefined },
        };
      },
    }),
    listRoute(listFollowers, 'followers'),
    listRoute(listFollowings, 'followings'),
    listRoute(listFriends, 'friends'),
    route(getCounts, {
      authorize: anyone,
      run: async ({ params }) => ({ status: 200, body: await counts(params.ref) }),
    }),
    route(compareRelations, {
      authorize: anyone,
      run: async ({ params, body }) => ({
        status: 200,
        body: { items: await relations(store, params.ref, body.others) },
      }),
    }),
    ...erasureRoutes(erasures),
  ];
}

/** @throws ValidationError when somebody would follow itself. */
function pairOf({ ref, other }: { ref: string; other: string }): FollowPair {
  if (ref === other) throw invalid('path.other', 'a resource cannot follow itself');
  return { follower: ref, followed: other };
}
