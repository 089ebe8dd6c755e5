import * as z from 'zod';
import { ConflictError } from '../shared/errors.ts';
import type { Caller } from '../shared/http/caller.ts';
import { firstAnswer } from '../shared/idempotency.ts';
import type { IdempotencyStore } from '../shared/idempotency.ts';
import type { NewUlid } from '../shared/identifier.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import { ownerOf } from './hook-access.ts';
import type { NewHookBody } from './hook-endpoints.ts';
import { checkHook } from './hook-rules.ts';
import type { HookRules } from './hook-rules.ts';
import type { HookStore } from './hook-store.ts';
import { maxHooks } from './hook.ts';
import type { Hook } from './hook.ts';
import type { SecretBox } from './secret-box.ts';

export interface HookCreationParts extends HookRules {
  hooks: Pick<HookStore, 'count' | 'create' | 'read'>;
  secrets: SecretBox;
  idempotency: IdempotencyStore;
  newUlid: NewUlid;
  /** A signing secret that nobody can guess. */
  newSecret: () => string;
  pace: Pace;
}

const remembered = z.object({ ulid: z.ulid(), sealed: z.string() });

/**
 * Makes a hook. A repeat with the same Idempotency-Key gets the same hook and the same secret, which is
 * remembered sealed; it brings nothing back that was deleted since.
 *
 * @throws ValidationError for a target or a pattern that cannot be, ForbiddenError for another's hook,
 * ConflictError when the key was used with another body, or when the owner has as many as may be; of
 * requests at the same moment a few more may get through.
 */
export async function createHook(
  parts: HookCreationParts,
  caller: Caller,
  { owner: named, ...settings }: NewHookBody,
  idempotencyKey: string | undefined,
): Promise<{ hook: Hook; secret: string }> {
  const { hooks, secrets, idempotency, newUlid, newSecret, pace } = parts;
  const owner = ownerOf(caller, named);
  checkHook(parts, settings);
  const ulid = newUlid(pace.now());
  const secret = newSecret();
  const own = { ulid, sealed: await secrets.seal(secret, ulid) };
  const first = await firstAnswer(
    idempotency,
    // Whose it is counts: with and without admin the same body means another hook.
    { idempotencyKey, scope: [caller.ref, 'POST', 'hooks'], body: { ...settings, owner } },
    own,
    remembered,
  );
  const hook: Hook = {
    ...settings,
    ulid: first.ulid,
    owner,
    enabled: true,
    epoch: 0,
    secrets: [{ sealed: first.sealed }],
    version: 0,
  };
  const isOwn = first.ulid === ulid;
  if (isOwn || !(await hooks.read(first.ulid))) await requireRoom(parts, owner);
  await persist(pace, async () => hooks.create(hook));
  return { hook, secret: isOwn ? secret : await secrets.open(first.sealed, first.ulid) };
}

/** @throws ConflictError when there is none for a further hook. */
async function requireRoom(
  { hooks }: Pick<HookCreationParts, 'hooks'>,
  owner: string | null,
): Promise<void> {
  if ((await hooks.count(owner, maxHooks)) < maxHooks) return;
  const whose = owner === null ? 'The installation' : owner;
  throw new ConflictError(
    `${whose} has ${String(maxHooks)} endpoints, which is the most there can be.`,
  );
}
