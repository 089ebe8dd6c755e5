import type { PushRule } from '../../shared/define/push-rule.ts';
import { defaultConcurrency, installedTargets } from '../../shared/define/push-target.ts';
import type { PushTarget, TargetChange } from '../../shared/define/push-target.ts';

/** The rules and targets of the configuration, by their names. */
export interface RuleBook {
  rules: ReadonlyMap<string, PushRule>;
  targets: ReadonlyMap<string, PushTarget>;
}

/** @param changes of the setting `push.targets` */
export function ruleBook(
  rules: readonly PushRule[],
  targets: readonly PushTarget[],
  changes: Readonly<Record<string, TargetChange>>,
): RuleBook {
  return {
    rules: new Map(rules.map((rule) => [rule.name, rule])),
    targets: new Map(installedTargets(targets, changes).map((target) => [target.name, target])),
  };
}

/** Where servers listen when a URL names no port; `https` is known to URLs themselves. */
const usualPorts: Readonly<Record<string, string>> = {
  'sftp:': '22',
  'ftp:': '21',
  'ftps:': '21',
  'ftps+implicit:': '990',
  'https:': '443',
};

/**
 * What connections are counted by: host and port, however its URL is written. Of other schemes than
 * those of servers the scheme too: a bucket is no host.
 */
export function hostOf({ url }: Pick<PushTarget, 'url'>): string {
  const { protocol, host, hostname, port } = new URL(url);
  const usual = usualPorts[protocol];
  return usual === undefined
    ? `${protocol}//${host}`
    : `${hostname.toLowerCase()}:${port === '' ? usual : port}`;
}

/** Connections that a host takes at the same time: of its targets the least counts. */
export function lanesOf(book: RuleBook, host: string): number {
  return Math.min(
    ...targetsOn(book, host).map(({ concurrency = defaultConcurrency }) => concurrency),
  );
}

export function targetsOn(book: RuleBook, host: string): PushTarget[] {
  return [...book.targets.values()].filter((target) => hostOf(target) === host);
}
