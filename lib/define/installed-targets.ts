import type { PushTarget } from '../../lambdas/shared/define/push-target.ts';

/** What the setting `push.targets` says of a target in place of `config/push-targets.ts`. */
export interface TargetChange {
  url?: string | undefined;
  secret?: string | undefined;
  hostKeys?: string[] | undefined;
  caFile?: string | undefined;
}

/** Targets as this installation has them. */
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

/** What begins the URLs of buckets. */
export const bucketProtocol = 's3:';
