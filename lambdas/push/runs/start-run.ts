import { invalid } from '../../shared/errors.ts';
import type { SequentialRule } from '../../shared/define/push-rule.ts';
import { existingRule } from '../rules/existing-rule.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { dispatch } from './dispatch.ts';
import type { RunParts } from './run-parts.ts';

/**
 * Starts a run of the queue, at once or for a repeat of the same request: the run of a ULID is made once.
 * With nothing to push it is done already when this returns.
 *
 * @param wish.rule only rows of this rule
 * @param wish.ulid of the run; the same for repeats of a request
 * @throws NotFoundError when there is no such rule
 * @throws ValidationError when it is a mass rule: those have no rows
 */
export async function startRun(
  parts: RunParts,
  { ulid, rule }: { ulid: string; rule?: string | undefined },
): Promise<void> {
  if (rule !== undefined) sequentialRule(parts.book, rule);
  if ((await parts.runs.get(ulid)) !== undefined) return;
  await dispatch(parts, { ulid, rule, evenIfIdle: true });
}

/**
 * The rule that a run of the queue may be limited to. To be asked before a request is remembered as done.
 *
 * @throws NotFoundError when there is no such rule
 * @throws ValidationError when it is a mass rule
 */
export function sequentialRule(book: RuleBook, name: string): SequentialRule {
  const rule = existingRule(book, name);
  if (rule.kind === 'sequential') return rule;
  const known = namesOf(book, 'sequential');
  throw invalid('body.rule', `is a mass rule, which has no rows; those that have: ${known}`);
}

/** Names of the rules of a kind, for messages. */
export function namesOf(book: RuleBook, kind: 'sequential' | 'mass'): string {
  const names = [...book.rules.values()].filter((rule) => rule.kind === kind);
  return names.map(({ name }) => name).join(', ') || 'none';
}
