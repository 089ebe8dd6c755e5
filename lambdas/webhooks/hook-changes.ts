import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../shared/http/caller.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob } from './contract.ts';
import { owned } from './hook-access.ts';
import type { HookChanges } from './hook-endpoints.ts';
import { healthy } from './hook-rows.ts';
import { checkHook } from './hook-rules.ts';
import type { HookRules } from './hook-rules.ts';
import type { HookStore } from './hook-store.ts';
import { hasLane } from './hook.ts';
import type { Health, Hook } from './hook.ts';

export interface HookChangeParts extends HookRules {
  hooks: Pick<HookStore, 'readWithHealth' | 'replace' | 'remove' | 'saveHealth'>;
  laneJobs: JobQueue<LaneJob>;
  pace: Pace;
}

/**
 * Changes a hook; of changes at the same moment each is made, one after the other. Disabling raises the
 * epoch, by which what is pending is held; the lane is told of it, and of enabling: what it knows may be
 * of before.
 *
 * @throws NotFoundError when it is not the caller's, ValidationError for a target or pattern that
 * cannot be.
 */
export async function changeHook(
  parts: HookChangeParts,
  caller: Caller,
  ulid: string,
  changes: HookChanges,
): Promise<Hook> {
  const { hooks, laneJobs, pace } = parts;
  const changed = await persist(pace, async () => {
    const found = await hooks.readWithHealth(ulid);
    const before = owned(found?.hook, caller);
    checkHook(parts, changes);
    const after = changedHook(before, changes);
    if (isDeepStrictEqual(before, after)) return after;
    if (found && beginsAnew(before, after) && hasFailures(found.health)) {
      const reset = { ...healthy, version: found.health.version };
      if ((await hooks.saveHealth(after, reset)) === 'changed') return undefined;
    }
    if ((await hooks.replace(after)) === 'changed') return undefined;
    return { ...after, version: after.version + 1 };
  });
  // Also when nothing had to be changed: a first try may have died before it came to this.
  if (changes.delivery !== undefined || (changes.enabled !== undefined && hasLane(changed))) {
    await settle(laneJobs, pace, ulid);
  }
  return changed;
}

/**
 * Deletes a hook. What waits for it is discarded.
 *
 * @throws NotFoundError when it is not the caller's.
 */
export async function deleteHook(
  { hooks, laneJobs, pace }: HookChangeParts,
  caller: Caller,
  ulid: string,
): Promise<void> {
  let seen: Hook | undefined;
  await persist(pace, async () => {
    const found = await hooks.readWithHealth(ulid);
    // Gone since it was seen: by this request, whose answer was lost, or by another.
    if (!found && seen) return 'gone';
    seen = owned(found?.hook, caller);
    return (await hooks.remove(seen)) === 'removed' ? 'gone' : undefined;
  });
  if (seen && hasLane(seen)) await settle(laneJobs, pace, ulid);
}

function changedHook(hook: Hook, { enabled = hook.enabled, ...changes }: HookChanges): Hook {
  const { disabledReason, ...rest } = { ...hook, ...changes, enabled };
  if (enabled) return rest;
  if (!hook.enabled) return { ...rest, ...(disabledReason && { disabledReason }) };
  return { ...rest, disabledReason: 'manual', epoch: hook.epoch + 1 };
}

/** Earlier failures say nothing of a receiver that was mended, or of another one. */
function beginsAnew(before: Hook, after: Hook): boolean {
  return (after.enabled && !before.enabled) || after.target !== before.target;
}

function hasFailures({ version: _version, ...health }: Health): boolean {
  const { version: _none, ...none } = healthy;
  return !isDeepStrictEqual(health, none);
}

async function settle(laneJobs: JobQueue<LaneJob>, pace: Pace, hook: string): Promise<void> {
  await persist(pace, async () => {
    await laneJobs.send([{ kind: 'settle', hook }]);
    return 'sent';
  });
}
