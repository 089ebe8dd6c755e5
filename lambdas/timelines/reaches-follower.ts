import { ulidTime } from '../shared/identifier.ts';
import type { TimelinesSettings } from './settings.ts';
import type { PublicRow } from './timeline-store.ts';

/**
 * Whether a public action belongs on the private timeline of who follows its actor by `via`: what was
 * posted before the follow by import, later ones unless they were for the actor alone, and nothing
 * that was posted after `until`. The one rule for imports, fan-out, rebuilds and merging.
 */
export function reachesFollower(
  row: PublicRow,
  via: { followId: string; until?: number },
  { importOnFollow }: Pick<TimelinesSettings, 'importOnFollow'>,
): row is Extract<PublicRow, { retracted: false }> {
  if (row.retracted) return false;
  if (via.until !== undefined && row.postedAt > via.until) return false;
  return row.postedAt < ulidTime(via.followId) ? importOnFollow : !row.self;
}
