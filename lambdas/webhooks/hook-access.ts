import { ForbiddenError, NotFoundError } from '../shared/errors.ts';
import type { Caller } from '../shared/http/caller.ts';
import { ulidOfHookId } from './hook.ts';
import type { Hook } from './hook.ts';
import type { HookStore } from './hook-store.ts';

/**
 * The ULID of a hook's id as it stands in a path.
 *
 * @throws NotFoundError when it cannot be one.
 */
export function hookUlid(id: string): string {
  const ulid = ulidOfHookId(id);
  if (ulid === undefined) throw noSuchHook();
  return ulid;
}

/**
 * The very hook, when the caller may see and change it: its owner, and admin any.
 *
 * @throws NotFoundError otherwise: a stranger does not learn that there is one.
 */
export function owned<H extends Pick<Hook, 'owner'>>(hook: H | undefined, caller: Caller): H {
  if (!hook || !isOwn(caller, hook)) throw noSuchHook();
  return hook;
}

/** Whether a hook, or what is a hook's, is the caller's to see and change. */
export function isOwn(caller: Caller, { owner }: Pick<Hook, 'owner'>): boolean {
  return caller.admin || owner === caller.ref;
}

/** The caller's hook of this id; nothing when it has none. */
export async function findOwnHook(
  hooks: Pick<HookStore, 'read'>,
  caller: Caller,
  id: string,
): Promise<Hook | undefined> {
  const ulid = ulidOfHookId(id);
  const hook = ulid === undefined ? undefined : await hooks.read(ulid);
  return hook && isOwn(caller, hook) ? hook : undefined;
}

/** @throws NotFoundError when the caller has no hook of this id. */
export async function ownHook(
  hooks: Pick<HookStore, 'read'>,
  caller: Caller,
  id: string,
): Promise<Hook> {
  return owned(await hooks.read(hookUlid(id)), caller);
}

/**
 * Whose a new hook is. Without a word it is the caller's own, of admin the whole installation's.
 *
 * @throws ForbiddenError when somebody other than admin names somebody else.
 */
export function ownerOf(caller: Caller, named: string | undefined): string | null {
  if (caller.admin) return named ?? null;
  if (named === undefined || named === caller.ref) return caller.ref;
  throw new ForbiddenError(`You are ${caller.ref} and may make endpoints for yourself only.`);
}

function noSuchHook(): Error {
  return new NotFoundError('There is no such endpoint.');
}
