import type { Caller } from '../shared/http/caller.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import { owned } from './hook-access.ts';
import type { HookStore } from './hook-store.ts';
import { maxSecrets } from './hook.ts';
import type { SealedSecret } from './hook.ts';
import type { SecretBox } from './secret-box.ts';

export interface RotationParts {
  hooks: Pick<HookStore, 'read' | 'replace'>;
  secrets: SecretBox;
  newSecret: () => string;
  pace: Pace;
}

/**
 * Gives a hook a new secret. Earlier ones sign along for `overlapSeconds`, or until they were to end
 * anyway; the oldest goes where there would be more than `maxSecrets`.
 *
 * @throws NotFoundError when the hook is not the caller's.
 */
export async function rotateSecret(
  { hooks, secrets, newSecret, pace }: RotationParts,
  caller: Caller,
  ulid: string,
  overlapSeconds: number,
): Promise<string> {
  const secret = newSecret();
  const sealed = await secrets.seal(secret, ulid);
  await persist(pace, async () => {
    const hook = owned(await hooks.read(ulid), caller);
    // Its answer was lost.
    if (hook.secrets.some((one) => one.sealed === sealed)) return 'rotated';
    const earlier = overlapping(hook.secrets, pace.now(), overlapSeconds);
    const next = { ...hook, secrets: [{ sealed }, ...earlier].slice(0, maxSecrets) };
    return (await hooks.replace(next)) === 'replaced' ? 'rotated' : undefined;
  });
  return secret;
}

/** What of these still signs after a rotation, each with its end. */
function overlapping(
  secrets: readonly SealedSecret[],
  nowMs: number,
  overlapSeconds: number,
): SealedSecret[] {
  const untilMs = nowMs + overlapSeconds * 1000;
  return secrets
    .map(({ sealed, endsAt = untilMs }) => ({ sealed, endsAt: Math.min(endsAt, untilMs) }))
    .filter(({ endsAt }) => endsAt > nowMs);
}
