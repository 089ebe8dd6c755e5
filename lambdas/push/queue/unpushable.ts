import type { RuleBook } from '../rules/rule-book.ts';
import type { RowMark } from './row.ts';

/** Why the configuration has no place for a row any more; nothing when it has one. */
export function whyUnpushable(
  { rules, targets }: RuleBook,
  { rule, target }: Pick<RowMark, 'rule' | 'target'>,
): string | undefined {
  if (rules.get(rule)?.kind !== 'sequential') {
    return `the configuration has no rule "${rule}" for content that changes`;
  }
  if (!targets.has(target)) return `the configuration has no target "${target}"`;
  return undefined;
}
