import { ulidTime } from '../../../lambdas/shared/identifier.ts';
import type { TimelinesSettings } from '../../../lambdas/timelines/settings.ts';
import type { PublicAction } from '../../../lambdas/timelines/timeline-store.ts';
import type { FollowSpan } from '../../support/in-memory-timelines-app.ts';

/** All that people did, as the API answered them. */
export interface History {
  posts: (PublicAction & { deleted: boolean })[];
  notes: { owner: string; ulid: string }[];
  removed: { owner: string; ulid: string }[];
  follows: readonly FollowSpan[];
}

type Rules = Pick<TimelinesSettings, 'importOnFollow' | 'removeOnUnfollow' | 'keep'>;

/** What a private timeline may show, newest first, if it kept everything. */
export function wholeTimeline(history: History, rules: Rules, owner: string): string[] {
  const removed = new Set(history.removed.flatMap((one) => (one.owner === owner ? one.ulid : [])));
  const followed = history.follows
    .filter((span) => span.owner === owner)
    .filter((span) => span.endedAtMs === undefined || !rules.removeOnUnfollow);
  const arrives = (post: PublicAction): boolean =>
    post.actor === owner ||
    followed.some((span) => {
      if (span.actor !== post.actor || post.postedAt > (span.endedAtMs ?? Infinity)) return false;
      const wasThere = post.postedAt < ulidTime(span.followId);
      return wasThere ? rules.importOnFollow : !post.self;
    });
  const actions = history.posts.filter((post) => !post.deleted && arrives(post));
  const notes = history.notes.filter((note) => note.owner === owner);
  return [...new Set([...actions, ...notes].map(({ ulid }) => ulid))]
    .filter((ulid) => !removed.has(ulid))
    .toSorted()
    .toReversed();
}

/**
 * What is wrong with a timeline that ends after its newest `keep` actions; nothing when all is right.
 * An action must be there when fewer than `keep` newer ones ever were on their way to this owner: what
 * once stood behind more than that may have been trimmed for good.
 */
export function mistakes(
  history: History,
  rules: Rules,
  owner: string,
  shown: readonly string[],
): string[] {
  const whole = wholeTimeline(history, rules, owner);
  const actors = new Set(
    history.follows.flatMap((span) => (span.owner === owner ? span.actor : [])),
  ).add(owner);
  const ever = [
    ...history.posts.filter(({ actor }) => actors.has(actor)),
    ...history.notes.filter((note) => note.owner === owner),
  ].map(({ ulid }) => ulid);
  const wrong = wrongOrder(shown, rules.keep);
  for (const ulid of shown) {
    if (!whole.includes(ulid)) wrong.push(`${owner} sees ${ulid}`);
  }
  for (const ulid of whole) {
    const newer = ever.filter((other) => other > ulid).length;
    if (newer < rules.keep && !shown.includes(ulid)) wrong.push(`${owner} misses ${ulid}`);
  }
  return wrong;
}

/** Twice, out of order, or too many. */
export function wrongOrder(shown: readonly string[], keep: number): string[] {
  const sorted = [...new Set(shown)].toSorted().toReversed();
  const wrong = sorted.join(' ') === shown.join(' ') ? [] : [`out of order: ${shown.join(' ')}`];
  return shown.length > keep ? [...wrong, `${shown.length} shown`] : wrong;
}

/** What the very next read must not show, whatever is still under way. */
export function shownInSpite(
  history: History,
  rules: Rules,
  owner: string,
  shown: readonly string[],
): string[] {
  const following = new Set(
    history.follows.flatMap((span) =>
      span.owner === owner && (span.endedAtMs === undefined || !rules.removeOnUnfollow)
        ? span.actor
        : [],
    ),
  ).add(owner);
  const gone = history.posts
    .filter((post) => !following.has(post.actor) || (post.deleted && post.actor === owner))
    .map(({ ulid }) => ulid);
  const removed = history.removed.filter((one) => one.owner === owner).map(({ ulid }) => ulid);
  const noted = history.notes.filter((one) => one.owner === owner).map(({ ulid }) => ulid);
  const forbidden = new Set(gone.filter((ulid) => !noted.includes(ulid)).concat(removed));
  return shown.filter((ulid) => forbidden.has(ulid)).map((ulid) => `${owner} still sees ${ulid}`);
}
