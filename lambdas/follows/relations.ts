import type { FollowQueries } from './follow-store.ts';

/** How a resource stands to another. */
export interface Relation {
  ref: string;
  following: boolean;
  followedBy: boolean;
  friend: boolean;
}

/** How `ref` stands to each of `others`, in the order asked. */
export async function relations(
  queries: FollowQueries,
  ref: string,
  others: readonly string[],
): Promise<Relation[]> {
  const edges = await queries.edges(
    others.flatMap((other) => [
      { follower: ref, followed: other },
      { follower: other, followed: ref },
    ]),
  );
  return others.map((other, index) => {
    const following = edges[2 * index] !== undefined;
    const followedBy = edges[2 * index + 1] !== undefined;
    return { ref: other, following, followedBy, friend: following && followedBy };
  });
}
