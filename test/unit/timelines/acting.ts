import { rfc3339 } from '../../../lambdas/shared/identifier.ts';
import type { EraseJob } from '../../../lambdas/timelines/contract.ts';
import { postAction } from '../../../lambdas/timelines/post-action.ts';
import type { NewAction } from '../../../lambdas/timelines/post-action.ts';
import { readTimeline } from '../../../lambdas/timelines/read-timeline.ts';
import type { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';

export const amy = 'user:amy';
export const bob = 'user:bob';
export const cat = 'user:cat';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const dayMs = 24 * 60 * minuteMs;

/** Posts an action and gives its ULID; a moment passes. */
export async function post(
  app: TimelinesApp,
  actor: string,
  { self = false, ...more }: Partial<NewAction> & { self?: boolean } = {},
): Promise<string> {
  app.clock.advance(secondMs);
  const posting = { idempotencyKey: undefined, scope: [], self };
  const { ulid } = await postAction(app.parts(), actor, { verb: 'like', ...more }, posting);
  return ulid;
}

export async function takeBack(app: TimelinesApp, actor: string, ulid: string): Promise<void> {
  await app.publics.retract(actor, ulid, { nowMs: app.clock.now(), erased: false });
}

/** Follows, and waits until all that comes of it is done. */
export async function following(
  app: TimelinesApp,
  pairs: readonly (readonly [follower: string, followed: string])[],
): Promise<void> {
  for (const [follower, followed] of pairs) {
    app.clock.advance(secondMs);
    await app.follow(follower, followed);
  }
  await settle(app);
}

/** Reads as the API does, which is noted; gives the ULIDs, newest first. */
export async function read(app: TimelinesApp, owner: string): Promise<string[]> {
  const timeline = await readTimeline(app.parts(), owner);
  const { items } = await timeline.list({ order: 'desc', filter: {}, limit: 10_000 });
  return items.map(({ ulid }) => ulid);
}

/** Rows that are stored on a private timeline, as `kind ULID`, oldest first. */
export async function stored(app: TimelinesApp, owner: string): Promise<string[]> {
  const { rows } = await app.privates.read(owner, { order: 'asc', limit: 10_000 });
  return rows.map(({ kind, ulid }) => `${kind} ${ulid}`);
}

/** The job of an erasure that begins now; time passes until it runs. */
export function erasureOf(app: TimelinesApp, ref: string): EraseJob {
  const startedAtMs = app.clock.now();
  app.clock.advance(secondMs);
  const erasureId = app.newUlid(startedAtMs);
  return { kind: 'erase', ref, erasureId, startedAt: rfc3339(startedAtMs), pass: 1 };
}
