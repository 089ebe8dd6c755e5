/** Where files go: a partner's server. */
export interface PushTarget {
  /** Lower-case letters, digits and hyphens, at most 64. */
  name: string;
  /**
   * `sftp://`, `ftp://`, `ftps://` (explicit TLS), `ftps+implicit://`, `https://`, `s3://<bucket>/`,
   * `dummy://`, or a scheme of `config/push-senders.ts`. Its path is the folder for files, taken from
   * the login folder; `//` at its beginning takes it from the root. No user, no password.
   */
  url: string;
  /**
   * Name of the secret in Secrets Manager: a JSON object with `user`, `password`, `privateKey`,
   * `passphrase`, whichever the server asks for. @default none
   */
  secret?: string;
  /**
   * Fingerprints (`SHA256:...`, as `ssh-keygen -lf` prints them) of the host keys that an SFTP server may
   * have; two while it changes its key. Required for `sftp`.
   */
  hostKeys?: readonly string[];
  /** PEM file with the authorities that the server's certificate is of, from the project's root. @default those that Node.js trusts */
  caFile?: string;
  /**
   * Files are uploaded under a temporary name and renamed. False for servers that can't rename.
   * @default true
   */
  atomic?: boolean;
  /** An empty file of this ending follows when all files of a push are there. @default none */
  doneMarker?: string;
  /** Connections to its host at the same time, 1-8; of several targets on a host the least counts. @default 2 (`defaultConcurrency`) */
  concurrency?: number;
}

/** Connections to a target's host at the same time where the target says nothing. */
export const defaultConcurrency = 2;

/** What the setting `push.targets` says of a target in place of `config/push-targets.ts`. */
export type TargetChange = {
  [Name in 'url' | 'secret' | 'caFile']?: string | undefined;
} & { hostKeys?: string[] | undefined };

/** Targets as an installation has them. */
export function installedTargets(
  targets: readonly PushTarget[],
  changes: Readonly<Record<string, TargetChange>>,
): PushTarget[] {
  return targets.map((target) => {
    const { url, secret, hostKeys, caFile } = changes[target.name] ?? {};
    return {
      ...target,
      ...(url !== undefined && { url }),
      ...(secret !== undefined && { secret }),
      ...(hostKeys !== undefined && { hostKeys }),
      ...(caFile !== undefined && { caFile }),
    };
  });
}

/** Declares a target. Its mistakes are reported by `defineConfig`. */
export function definePushTarget(target: PushTarget): PushTarget {
  return target;
}
