import * as z from 'zod';
import type { Credentials } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import type { SecretReader } from './secret-reader.ts';

/** A password that was changed is taken within this time, and at once when a server refuses the old one. */
export const rememberedMs = 5 * 60_000;

const secretSchema = z.object({
  user: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  privateKey: z.string().min(1).optional(),
  passphrase: z.string().min(1).optional(),
});

/** Credentials of targets by the names of their secrets, remembered for a while. */
export interface TargetCredentials {
  /**
   * @throws PermanentError when there is no such secret, or it is of the wrong form; what it holds is in
   * no message
   */
  of(secret: string): Promise<Remembered>;
  /** Makes the next call read anew. */
  forget(secret: string): void;
}

export interface Remembered {
  credentials: Credentials;
  /** It was read by this very call. */
  fresh: boolean;
}

export function targetCredentials({
  secrets,
  now,
}: {
  secrets: SecretReader;
  now: () => number;
}): TargetCredentials {
  const known = new Map<string, { credentials: Credentials; untilMs: number }>();
  return {
    async of(secret) {
      const remembered = known.get(secret);
      if (remembered !== undefined && now() < remembered.untilMs) {
        return { credentials: remembered.credentials, fresh: false };
      }
      const credentials = parsed(secret, await secrets.read(secret));
      known.set(secret, { credentials, untilMs: now() + rememberedMs });
      return { credentials, fresh: true };
    },
    forget: (secret) => void known.delete(secret),
  };
}

function parsed(secret: string, text: string | undefined): Credentials {
  if (text === undefined) {
    throw new PermanentError(`there is no secret '${secret}' in Secrets Manager`);
  }
  const { success, data } = secretSchema.safeParse(json(text));
  if (success) return data;
  throw new PermanentError(
    `the secret '${secret}' is no JSON object with texts for user, password, privateKey, passphrase`,
  );
}

/** An error of `JSON.parse` would quote the secret. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
