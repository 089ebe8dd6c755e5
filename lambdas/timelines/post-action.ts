import { firstAnswer } from '../shared/idempotency.ts';
import type { IdempotencyStore } from '../shared/idempotency.ts';
import { ulidTime } from '../shared/identifier.ts';
import type { Clock, NewUlid } from '../shared/identifier.ts';
import * as z from 'zod';
import type { Action } from './action.ts';
import type { ActionCatalogue } from './action-catalogue.ts';
import type {
  Note,
  PrivateTimelines,
  PublicTimelines,
  TimelineProgress,
} from './timeline-store.ts';

export interface PostingParts {
  publics: PublicTimelines;
  privates: PrivateTimelines;
  progress: TimelineProgress;
  idempotency: IdempotencyStore;
  catalogue: ActionCatalogue;
  now: Clock;
  newUlid: NewUlid;
}

/** What a caller posts. */
export interface NewAction {
  verb: string;
  target?: string | undefined;
  /** JSON text of an object. */
  data?: string | undefined;
  /** Milliseconds; @default now */
  at?: number | undefined;
}

/** What tells a repeat of a post. */
export interface Posting {
  idempotencyKey: string | undefined;
  /** Caller, method and path. */
  scope: readonly string[];
}

const postedSchema = z.object({
  ulid: z.string(),
  actor: z.string(),
  verb: z.string(),
  target: z.string().optional(),
  data: z.string().optional(),
  postedAt: z.number(),
});

/**
 * Posts an action: it is on the actor's public timeline, and with that on its private one, when this
 * returns; followers get it by fan-out, which begins with the table's stream.
 *
 * One conditional write (with a key two), so it happens or does not. A repeat with the same
 * Idempotency-Key finishes what a first request that died left undone, and never brings back an action
 * that was taken back or erased since.
 *
 * @throws ValidationError for a verb or target that the actor's type does not declare.
 */
export async function postAction(
  parts: PostingParts,
  actor: string,
  action: NewAction,
  { self, ...posting }: Posting & { self: boolean },
): Promise<Action> {
  const { posted, erased } = await rememberedAction(parts, actor, action, {
    ...posting,
    also: { self },
    concerns: [actor],
  });
  if (!erased) await parts.publics.add({ ...posted, self });
  return posted;
}

/**
 * Puts an action of somebody else into an owner's private timeline alone. An unfollow does not hide
 * it. A repeat with the same Idempotency-Key changes nothing, and brings nothing back after an erasure.
 *
 * @throws ValidationError as `postAction`.
 */
export async function notify(
  parts: PostingParts,
  owner: string,
  actor: string,
  action: NewAction,
  posting: Posting,
): Promise<Action> {
  const { posted, erased } = await rememberedAction(parts, actor, action, {
    ...posting,
    also: { owner },
    concerns: [owner, actor],
  });
  if (!erased) await parts.privates.addNote(owner, posted);
  return posted;
}

/** `erased`: it is a repeat, and an erasure of one that it `concerns` has taken along what it tells. */
async function rememberedAction(
  { catalogue, progress, idempotency, now, newUlid }: PostingParts,
  actor: string,
  { verb, target, data, at }: NewAction,
  {
    concerns,
    ...posting
  }: Posting & { also: Record<string, unknown>; concerns: readonly string[] },
): Promise<{ posted: Note; erased: boolean }> {
  const action = {
    actor,
    verb,
    ...(target !== undefined && { target }),
    ...(data !== undefined && { data }),
  };
  catalogue.check(action);
  const postedAt = now();
  const ulid = newUlid(at ?? postedAt);
  const posted = await firstAnswer(
    idempotency,
    { ...posting, body: { ...action, at, ...posting.also } },
    { ...action, ulid, postedAt },
    postedSchema,
  );
  if (posted.ulid === ulid) return { posted, erased: false };
  const erasures = await Promise.all(concerns.map((ref) => progress.erasure(ref)));
  const erased = erasures.some(
    (erasure) => erasure !== undefined && posted.postedAt <= ulidTime(erasure.erasureId),
  );
  return { posted, erased };
}
