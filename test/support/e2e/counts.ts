import { resources } from '../../../config/resources.ts';

type ByType = Readonly<Record<string, number>>;

/** Counts as the API gives them, from the types that are not zero. */
export function counts(of: { followers?: ByType; followings?: ByType; friends?: ByType }) {
  const { followers = {}, followings = {}, friends = {} } = of;
  return {
    followers: sum(followers),
    followings: sum(followings),
    friends: sum(friends),
    followersByType: { ...zero, ...followers },
    followingsByType: { ...zero, ...followings },
    friendsByType: { ...zero, ...friends },
  };
}

const zero: ByType = Object.fromEntries(resources.map(({ type }) => [type, 0]));

function sum(byType: ByType): number {
  return Object.values(byType).reduce((total, number) => total + number, 0);
}
