import type { PushRule } from '../../shared/define/push-rule.ts';
import { NotFoundError } from '../../shared/errors.ts';
import type { RuleBook } from './rule-book.ts';

/** @throws NotFoundError that lists the rules that exist, of either kind */
export function existingRule(book: RuleBook, name: string): PushRule {
  const rule = book.rules.get(name);
  if (rule !== undefined) return rule;
  throw new NotFoundError(`There is no rule "${name}"; those that exist: ${ruleNames(book)}.`);
}

/** The names of all rules, for messages. */
export function ruleNames(book: RuleBook): string {
  return [...book.rules.keys()].toSorted().join(', ') || 'none';
}
