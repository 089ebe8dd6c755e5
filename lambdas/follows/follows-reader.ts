import { ulidTime } from '../shared/identifier.ts';
import { countsOf } from './counts.ts';
import { mergedList } from './follow-lists.ts';
import type { FollowList, FollowQueries, StoredEdge } from './follow-store.ts';
import type { FollowEdge, FollowLink, FollowLinkRange, FollowsRead } from './follows-read.ts';

/** What other domains may read, over whatever keeps the follows. `types`: the declared resource types. */
export function followsReader(queries: FollowQueries, types: readonly string[]): FollowsRead {
  const links = async (
    list: FollowList,
    ref: string,
    { type, after, limit }: FollowLinkRange,
  ): Promise<FollowLink[]> => {
    const wanted = type === undefined ? types : [type];
    const query = { list, ref, types: wanted, order: 'asc' as const, after, limit };
    const entries = await mergedList(queries, query);
    return entries.map((entry) => ({ ref: entry.ref, followId: entry.id }));
  };
  return {
    followersOf: (ref, range) => links('followers', ref, range),
    followingsOf: (ref, range) => links('followings', ref, range),
    edge: async (pair) => (await queries.edges([pair])).map(known)[0],
    edges: async (pairs) => (await queries.edges(pairs)).map(known),
    followerCount: async (ref) => countsOf(await queries.counters(ref), types).followers,
    endedFollows: (follower, reason) => queries.endedFollows(follower, reason),
  };
}

function known(edge: StoredEdge | undefined): FollowEdge | undefined {
  return edge && { followId: edge.followId, since: ulidTime(edge.followId) };
}
