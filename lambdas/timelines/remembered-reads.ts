import type { Clock } from '../shared/identifier.ts';
import { inactiveAfterMs } from './activity.ts';
import type { PrivateTimelines } from './timeline-store.ts';

type LastReads = PrivateTimelines['lastReads'];

/** Owners remembered; one takes about 100 bytes. Those asked for longest ago are forgotten first. */
const mostRemembered = 50_000;

/**
 * `lastReads` that remembers who has read lately, for as long as that keeps a timeline from being
 * skipped: last reads only move forward, so fan-out need not ask again for days. A remembered one may
 * be older than the true one. Who seems inactive is asked for each time.
 */
export function rememberedReads(
  privates: { lastReads: LastReads },
  now: Clock,
  most = mostRemembered,
): LastReads {
  const lately = new Map<string, number>();

  const remember = (owner: string, lastReadAt: number): void => {
    lately.delete(owner);
    lately.set(owner, lastReadAt);
    if (lately.size <= most) return;
    const [first] = lately.keys();
    if (first !== undefined) lately.delete(first);
  };

  return async (owners, consistent) => {
    const since = now() - inactiveAfterMs;
    const known = new Map<string, number | undefined>();
    const unknown: string[] = [];
    for (const owner of new Set(owners)) {
      const lastReadAt = lately.get(owner);
      if (lastReadAt !== undefined && lastReadAt > since) known.set(owner, lastReadAt);
      else unknown.push(owner);
    }
    const answers = unknown.length > 0 ? await privates.lastReads(unknown, consistent) : [];
    for (const [place, owner] of unknown.entries()) known.set(owner, answers[place]);
    for (const [owner, lastReadAt] of known) {
      if (lastReadAt !== undefined) remember(owner, lastReadAt);
    }
    return owners.map((owner) => known.get(owner));
  };
}
