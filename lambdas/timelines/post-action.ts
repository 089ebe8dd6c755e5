import { firstAnswer } from '../shared/idempotency.ts';
import type { IdempotencyStore } from '../shared/idempotency.ts';
import type { Clock, NewUlid } from '../shared/identifier.ts';
import * as z from 'zod';
import type { Action } from './action.ts';
import type { ActionCatalogue } from './action-catalogue.ts';
import type { PrivateTimelines, PublicTimelines } from './timeline-store.ts';

export interface PostingParts {
  publics: PublicTimelines;
  privates: PrivateTimelines;
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
 * that was taken back since.
 *
 * @throws ValidationError for a verb or target that the actor's type does not declare.
 */
export async function postAction(
  parts: PostingParts,
  actor: string,
  action: NewAction,
  { self, ...posting }: Posting & { self: boolean },
): Promise<Action> {
  const posted = await rememberedAction(parts, actor, action, { ...posting, also: { self } });
  await parts.publics.add({ ...posted, self });
  return posted;
}

/**
 * Puts an action of somebody else into an owner's private timeline alone. An unfollow does not hide
 * it. A repeat with the same Idempotency-Key changes nothing.
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
  const posted = await rememberedAction(parts, actor, action, { ...posting, also: { owner } });
  await parts.privates.addNote(owner, posted);
  return posted;
}

async function rememberedAction(
  { catalogue, idempotency, now, newUlid }: PostingParts,
  actor: string,
  { verb, target, data, at }: NewAction,
  posting: Posting & { also: Record<string, unknown> },
): Promise<Action & { postedAt: number }> {
  const action = {
    actor,
    verb,
    ...(target !== undefined && { target }),
    ...(data !== undefined && { data }),
  };
  catalogue.check(action);
  const postedAt = now();
  return firstAnswer(
    idempotency,
    { ...posting, body: { ...action, at, ...posting.also } },
    { ...action, ulid: newUlid(at ?? postedAt), postedAt },
    postedSchema,
  );
}
