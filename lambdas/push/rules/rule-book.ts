import type { PushRule } from '../../shared/define/push-rule.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';

/** The rules and targets of the configuration, by their names. */
export interface RuleBook {
  rules: ReadonlyMap<string, PushRule>;
  targets: ReadonlyMap<string, PushTarget>;
}

/** What an installation's settings say of a target in place of the configuration. */
export type TargetChanges = Readonly<
  Record<
    string,
    {
      url?: string | undefined;
      secret?: string | undefined;
      hostKeys?: string[] | undefined;
      caFile?: string | undefined;
    }
  >
>;

export function ruleBook(
  rules: readonly PushRule[],
  targets: readonly PushTarget[],
  changes: TargetChanges,
): RuleBook {
  const changed = targets.map((target) => changedBy(target, changes[target.name]));
  return {
    rules: new Map(rules.map((rule) => [rule.name, rule])),
    targets: new Map(changed.map((target) => [target.name, target])),
  };
}

function changedBy(target: PushTarget, change: TargetChanges[string] = {}): PushTarget {
  const { url, secret, hostKeys, caFile } = change;
  return {
    ...target,
    ...(url !== undefined && { url }),
    ...(secret !== undefined && { secret }),
    ...(hostKeys !== undefined && { hostKeys }),
    ...(caFile !== undefined && { caFile }),
  };
}

/** What connections are counted by: host and port, or the bucket. */
export function hostOf({ url }: PushTarget): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** Connections that a host takes at the same time: of its targets the least counts. */
export function lanesOf(book: RuleBook, host: string): number {
  return Math.min(...targetsOn(book, host).map(({ concurrency = 2 }) => concurrency));
}

export function targetsOn(book: RuleBook, host: string): PushTarget[] {
  return [...book.targets.values()].filter((target) => hostOf(target) === host);
}
